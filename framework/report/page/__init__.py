"""The front page: reports/index.html, which needs no script and no Node.js."""

Feature: f27001
Scenario: s27002
Given url 'http://h27003.test'
When method get
Then status 200

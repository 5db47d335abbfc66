"""The modules that nearly every inner run imports; ``selftests.inner`` imports them once for all of them.

pytest rewrites the asserts of plugins while it imports them, and warns about one that is already there. So
plugins are not among these modules.
"""

# ruff: noqa: F401

import xml.etree.ElementTree

import _pytest.config
import _pytest.junitxml
import _pytest.python
import _pytest.skipping
import _pytest.terminal
import _pytest.tmpdir
import allure_commons.lifecycle
import allure_commons.model2
import filelock
import jsonpath_rfc9535
import jsonschema
import loguru
import platformdirs
import referencing
import regex
import requests
import yaml

import framework.report.allure
import framework.report.case_reports
import framework.report.explain
import framework.report.log
import framework.report.record_file
import framework.report.summary
import framework.run.harness
import framework.tape.recording

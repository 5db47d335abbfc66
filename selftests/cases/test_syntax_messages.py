"""No English of libyaml reaches the reader: each of its messages is translated, with a remedy."""

from __future__ import annotations

import re

import pytest

from framework.base.errors import CaseFileError
from framework.base.source import Source
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.syntax_messages import translated

MESSAGES = """
block sequence entries are not allowed in this context
could not find expected ':'
could not find expected directive name
did not find URI escaped octet
did not find expected '!'
did not find expected ',' or ']'
did not find expected ',' or '}'
did not find expected '-' indicator
did not find expected <document start>
did not find expected alphabetic or numeric character
did not find expected comment or line break
did not find expected digit or '.' character
did not find expected hexdecimal number
did not find expected key
did not find expected node content
did not find expected tag URI
did not find expected version number
did not find expected whitespace
did not find expected whitespace or line break
did not find the expected '>'
exceeded maximum nesting depth
found a tab character that violates indentation
found a tab character where an indentation space is expected
found an incorrect leading UTF-8 octet
found an indentation indicator equal to 0
found character that cannot start any token
found duplicate %TAG directive
found duplicate %YAML directive
found extremely long version number
found incompatible YAML document
found invalid Unicode character escape code
found undefined tag handle
found unexpected ':'
found unexpected document indicator
found unexpected end of stream
found unexpected non-alphabetical character
found unknown directive name
found unknown escape character
incomplete UTF-8 octet sequence
input is too long
invalid Unicode character
mapping keys are not allowed in this context
mapping values are not allowed in this context
"""
TEXTS = """
suite: ]
suite: , a
a: [1, 2,, 3]
a: {b: c, , d}
suite: "\\x1"
suite: !<x
suite: |9x
suite: |-+
suite: >0
a: - b
a: ? b
suite: a\\n...\\nfoo
%YAML 2.0\\n---\\nsuite: a
%FOO bar\\n---\\nsuite: a
%YAML 1.1\\n%YAML 1.1\\n---\\na: b
%YAML x\\n---\\na: b
%TAG x\\n---\\na: b
a: !%zz b
a: &b!c d
a: "b\\n---\\nc"
"""
UNKNOWN = translated("something that libyaml never said")


@pytest.mark.parametrize("message", MESSAGES.strip().splitlines())
def test_every_message_has_its_own_words(message):
    what, how = translated(message)
    assert (what, how) != UNKNOWN and what and how


@pytest.mark.parametrize("text", TEXTS.strip().splitlines())
def test_a_syntax_error_is_in_the_readers_language(text):
    with pytest.raises(CaseFileError) as caught:
        parse_yaml(Source("t.yaml", text.replace("\\n", "\n")))
    for problem in caught.value.problems:
        assert not re.search(r"[a-z]{3,} [a-z]{3,}", problem.what), problem.what
        assert problem.how

"""Variables: which names are allowed, which definition wins, and how they resolve through each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.base.errors import UnresolvedError
from framework.base.source import Source, Span
from framework.cases.case import Definition
from framework.cases.reader import Reader
from framework.cases.template import Binding, Constant, compile_template
from framework.cases.variables import (
    describe_origin,
    find_cycles,
    is_name,
    overlay_definitions,
    parse_definitions,
    resolve_definitions,
    variables_needed,
)
from framework.cases.yaml.compose import parse_yaml


def parse(text, scope="suite"):
    """Return the definitions that YAML *text* says, and its problems."""
    reader = Reader()
    return parse_definitions(parse_yaml(Source("v.yaml", text)), scope, reader), reader.problems


def definitions(text, scope="suite"):
    found, problems = parse(text, scope)
    assert not problems
    return found


def template(text):
    reader = Reader()
    compiled = compile_template(parse_yaml(Source("t.yaml", text)), reader.report)
    assert not reader.problems
    return compiled


def values(found, names=None):
    return {name: binding.value for name, binding in resolve_definitions(found, names).items()}


# -- names


@pytest.mark.parametrize(
    "name", ["a", "Z", "size", "page_size", "page-size", "a1", "城市", "城市2", "é", "nows"]
)
def test_a_name_begins_with_a_letter(name):
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "1a", "-a", "a b", "a.b", "a\n", "${a}", "城市。", "request", "now", "today", "uuid"],
)
def test_other_texts_and_reserved_words_are_no_names(name):
    assert not is_name(name)


# -- parsing


def test_each_entry_is_a_definition_with_its_scope_and_place():
    found = definitions("size: 10\ncity: ${name}市\nlist: [1, 2]\n", "_shared")
    assert list(found) == ["size", "city", "list"]
    assert found["size"] == Definition(
        "size", Constant(10, found["size"].value.span), "_shared", found["size"].span
    )
    assert [definition.span.place for definition in found.values()] == [
        "v.yaml:1:1",
        "v.yaml:2:1",
        "v.yaml:3:1",
    ]
    assert found["list"].value.value == [1, 2]


def test_no_variables_are_no_definitions():
    assert parse_definitions(None, "suite", Reader()) == {}


def test_variables_that_are_no_mapping_are_a_problem():
    found, (problem,) = parse("[1]")
    assert found == {}
    assert problem.what.startswith("variables ")
    reader = Reader()
    parse_definitions(parse_yaml(Source("v.yaml", "[1]")), "with", reader)
    (problem,) = reader.problems
    assert problem.what.startswith("with ")


def test_a_bad_name_is_a_problem_and_the_others_are_kept():
    found, problems = parse("a: 1\n1b: 2\nnow: 3\nc: 4\n")
    assert list(found) == ["a", "c"]
    rule = "以字母或汉字开头，只含字母、汉字、数字、- 和 _，且不是 request、now、today、uuid"
    assert [(problem.code, problem.what, problem.how, problem.span.place) for problem in problems] == [
        ("bad-name", "1b 不能作变量名", rule, "v.yaml:2:1"),
        ("bad-name", "now 不能作变量名", rule, "v.yaml:3:1"),
    ]


def test_a_mistake_in_a_reference_is_reported():
    found, problems = parse("a: ${b\n")
    assert list(found) == ["a"]
    assert len(problems) == 1


# -- layers


def test_the_strongest_scope_wins_and_remembers_what_it_hides():
    weak, middle, strong = (definitions("x: 1", scope) for scope in ("environment", "suite", "case"))
    merged = overlay_definitions(weak, middle, strong)["x"]
    assert (merged.scope, merged.shadows.scope, merged.shadows.shadows.scope) == (
        "case",
        "suite",
        "environment",
    )
    assert merged.shadows.shadows.shadows is None


def test_names_of_all_scopes_are_kept_in_order():
    merged = overlay_definitions(definitions("a: 1\nb: 2"), {}, definitions("c: 3\na: 4"))
    assert list(merged) == ["a", "b", "c"]
    assert values(merged) == {"a": 4, "b": 2, "c": 3}


def test_a_definition_does_not_hide_itself():
    shared = definitions("x: 1")
    assert overlay_definitions(shared, shared)["x"] is shared["x"]
    assert overlay_definitions() == {}


def test_the_scopes_themselves_stay_as_they_are():
    weak, strong = definitions("x: 1"), definitions("x: 2", "case")
    overlay_definitions(weak, strong)
    assert strong["x"].shadows is None


def test_an_origin_names_every_definition_that_is_hidden():
    merged = overlay_definitions(
        definitions("x: 1", "environment"), definitions("\nx: 1"), definitions("\n\nx: 2", "case")
    )
    assert (
        describe_origin(merged["x"])
        == "case v.yaml:3:1，遮住了 suite v.yaml:2:1，遮住了 environment v.yaml:1:1"
    )


def test_an_origin_without_a_place_is_the_scope():
    here = Span(Source("t.yaml", "1"), 1, 1, 1, 2)
    assert describe_origin(Definition("x", Constant(1, here), "--var")) == "--var"


# -- resolving

CHAIN = 'c: ${b}!\nb: ["${a}", 2]\na: {x: 1}\nother: ${a.x}\n'


def test_values_keep_their_types_and_may_refer_to_later_ones():
    assert values(definitions(CHAIN)) == {"a": {"x": 1}, "b": [{"x": 1}, 2], "c": '[{"x":1},2]!', "other": 1}


def test_only_the_names_that_are_asked_for_and_what_they_need_are_resolved():
    assert values(definitions(CHAIN), ["b"]) == {"a": {"x": 1}, "b": [{"x": 1}, 2]}
    assert values(definitions(CHAIN), []) == {}
    assert values(definitions(CHAIN), ["unknown"]) == {}
    assert values({}) == {}


def test_a_binding_knows_where_its_value_came_from():
    merged = overlay_definitions(definitions("x: 1", "environment"), definitions("\nx: 2", "case"))
    assert resolve_definitions(merged) == {
        "x": Binding(2, "case v.yaml:2:1，遮住了 environment v.yaml:1:1"),
    }


@pytest.mark.parametrize(("scope", "fixed"), [("--var", True), ("case", False), ("environment", False)])
def test_only_a_value_of_the_command_line_is_fixed(scope, fixed):
    assert resolve_definitions(definitions("x: 1", scope))["x"].fixed is fixed


def test_a_reference_that_is_no_variable_needs_no_definition():
    assert values(definitions("today_: 1\na: ${today}"))["a"].count("-") == 2


def test_a_name_that_does_not_exist_is_named_with_its_place():
    with pytest.raises(UnresolvedError) as caught:
        resolve_definitions(definitions("a: 1\nb: x${nothing}"))
    (problem,) = caught.value.problems
    assert problem.what == "${nothing} 在这里没有值"
    assert problem.span.place.startswith("v.yaml:2:")


@pytest.mark.parametrize(
    ("text", "names", "circle", "place"),
    [
        ("a: ${a}", None, "a → a", "v.yaml:1:1"),
        ("a: ${b}\nb: ${a}", None, "a → b → a", "v.yaml:1:1"),
        ("a: ${b}\nb: ${a}", ["b"], "b → a → b", "v.yaml:2:1"),
        ("x: ${a}\na: ${b}\nb: ${c}\nc: ${a}", None, "a → b → c → a", "v.yaml:2:1"),
        ('ok: 1\na: ["${ok}", {k: "${b}-${ok}"}]\nb: ${a}', None, "a → b → a", "v.yaml:2:1"),
    ],
)
def test_a_circle_has_no_value_and_is_shown_whole(text, names, circle, place):
    with pytest.raises(UnresolvedError) as caught:
        resolve_definitions(definitions(text), names)
    (problem,) = caught.value.problems
    assert (problem.code, problem.how) == ("variable-circle", "")
    assert problem.what == f"变量互相引用，没有尽头：{circle}"
    assert problem.span.place == place


# -- find_cycles, before anything is resolved


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: ${a}\nc: ${a}${b}", []),
        ("a: ${nothing}", []),
        ("a: ${now}", []),
        ("a: ${a}", [("a", "a → a")]),
        ("a: ${b}\nb: ${a}", [("a", "a → b → a")]),
        ("x: ${a}\na: ${b}\nb: ${c}\nc: ${a}", [("a", "a → b → c → a")]),
        ("a: ${b}\nb: ${a}\nc: ${d}\nd: ${c}", [("a", "a → b → a"), ("c", "c → d → c")]),
        ("a: ${b}${c}\nb: ${a}\nc: ${a}", [("a", "a → b → a"), ("a", "a → c → a")]),
        ("a: ${b}${b}\nb: ${c}\nc: 1", []),
        ("a: ${nothing}${b}\nb: ${a}", [("a", "a → b → a")]),
        ("a: ${now}${b}\nb: ${a}", [("a", "a → b → a")]),
        ("a: ${c}${b}\nb: ${a}\nc: 1", [("a", "a → b → a")]),
    ],
)
def test_every_circle_is_found_once(text, expected):
    assert [(first.name, circle) for first, circle in find_cycles(definitions(text))] == expected


def chain(length):
    """Return definitions v1 → v2 → … → v1."""
    return definitions("\n".join(f"v{n}: ${{v{n % length + 1}}}" for n in range(1, length + 1)))


def test_a_long_circle_is_shown_by_its_beginning_and_its_end():
    ((_, whole),) = find_cycles(chain(9))
    assert whole == "v1 → v2 → v3 → v4 → v5 → v6 → v7 → v8 → v9 → v1"
    ((_, cut),) = find_cycles(chain(10))
    assert cut == "v1 → v2 → v3 → v4 → v5 → v6 → v7 → v8 → … → v1"


def test_a_chain_that_is_longer_than_the_stack_is_searched():
    ((first, _),) = find_cycles(chain(3000))
    assert first.name == "v1"


names = st.sampled_from("abcdef")


@given(st.dictionaries(names, st.lists(names, max_size=3)))
def test_definitions_resolve_unless_they_have_a_circle_or_an_unknown_name(graph):
    text = "\n".join(
        f"{name}: 'x{''.join(f'${{{other}}}' for other in others)}'" for name, others in graph.items()
    )
    found = definitions(text or "{}")
    unknown = {other for others in graph.values() for other in others} - set(graph)
    if unknown or list(find_cycles(found)):
        with pytest.raises(UnresolvedError):
            resolve_definitions(found)
    else:
        assert set(resolve_definitions(found)) == set(graph)


# -- the references of a template


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", set()),
        ("${now}", set()),
        ("${other}", {"other", "a"}),
        ("${c}", {"a", "b", "c"}),
        ('[{x: "${b}"}, "${unknown}${now}"]', {"a", "b", "unknown"}),
    ],
)
def test_a_template_needs_variables_through_others(text, expected):
    assert variables_needed(template(text), definitions(CHAIN)) == expected


def test_what_a_template_needs_is_found_in_a_circle_too():
    assert variables_needed(template("${a}"), definitions("a: ${b}\nb: ${a}\nc: 1")) == {"a", "b"}

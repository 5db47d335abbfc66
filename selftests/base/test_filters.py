"""A filter whose conditions contradict each other is found; a filter that can select something is not."""

from __future__ import annotations

import pytest

from framework.base.filters import contradictory_filter
from framework.base.jsonpath import compile_path


@pytest.mark.parametrize(
    "condition",
    [
        "@.x==1 && @.x==2",
        "@.x=='a' && @.x=='b'",
        "@.x==1 && @.x=='1'",
        "@.x==1 && @.x!=1",
        "@.x>5 && @.x<3",
        "@.x>5 && @.x<=5",
        "@.x>'b' && @.x<'a'",
        "@.x && !@.x",
        "@.x==1 && !@.x",
        "@.a.b==1 && @.a.b==2",
        "@.a.b==1 && !@.a",
        "@.x==true && @.x==false",
        "@.x==null && @.x==0",
        "(@.x==1 || @.x==2) && @.x==3",
        "!(@.x==1 || @.x!=1)",
        "@.x < @.x",
        "@==1 && @==2",
        "@.x==1 && @.y==2 && @.x==2",
        "1==2 && @.x",
    ],
)
def test_a_contradiction_is_found(condition):
    path = compile_path(f"$.a[?{condition}].b")
    assert contradictory_filter(path).startswith("[?")


@pytest.mark.parametrize(
    "condition",
    [
        "@.x==1",
        "@.x==1 || @.x==2",
        "@.x==1 && @.y==2",
        "@.x>3 && @.x<5",
        "@.x>3 && @.x<4",
        "@.x>='a' && @.x<'b'",
        "@.x>'a' && @.x<'b'",
        "@.x && @.y",
        "!@.x",
        "@.x==1 && @['x']==1.0",
        "@.x==@.y",
        "@.a.b==1 && @.a.c==2",
        "@.x!=1 && @.x!=2",
        "@.x==null",
        "match(@.x, 'a') && match(@.x, 'b')",
        "length(@.x)==1 && @.x==2",
        "@.x[0]==1 && @.x[0]==2",
        "@.x==$.y && @.x==1",
        "@==1 || @==2",
        "@ && @.x==1",
    ],
)
def test_any_other_filter_is_left_alone(condition):
    assert contradictory_filter(compile_path(f"$.a[?{condition}]")) == ""


def test_every_filter_of_a_path_is_looked_at():
    assert (
        contradictory_filter(compile_path("$[?@.x==1][*].y[?@.z==1 && @.z==2]"))
        == "[?@['z'] == 1 && @['z'] == 2]"
    )

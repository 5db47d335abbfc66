"""Makes random case files of other harnesses. Every value occurs once, so a lost one is noticed."""

from __future__ import annotations

import random
from typing import Any

import yaml

_UNKNOWN_KEYS = (
    "remark_x",
    "hook",
    "priority",
    "setup_hooks",
    "teardown",
    "sql",
    "export",
    "weight",
    "foo",
    "标记",
)
_COMPARATORS = (
    "eq",
    "ne",
    "contains",
    "lt",
    "len_eq",
    "startswith",
    "regex_match",
    "str_eq",
    "wat",
    "equals_any",
)
_PATHS = (
    "status_code",
    "body.{w}",
    "content.data.0.{w}",
    "$.{w}",
    "data[-1].{w}",
    "length(body.{w})",
    "headers.{w}",
)


class OldFiles:
    """Makes files from a seed; ``file`` returns the text of one."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._count = 0

    def file(self) -> str:
        shape = self._random.choice((self._steps_file, self._list_file, self._dict_file, self._group_file))
        flow = self._random.choice((None, False, False))
        text: str = yaml.safe_dump(
            shape(), allow_unicode=True, sort_keys=False, default_flow_style=flow, width=200
        )
        return text

    def word(self) -> str:
        self._count += 1
        return f"w{self._count}q"

    def _maybe(self, chance: float = 0.3) -> bool:
        return self._random.random() < chance

    def _value(self) -> Any:
        kinds = (
            "{w}",
            "${w}",
            "${{{w}}}",
            "$cache{{{w}}}",
            "${{{w}(1, 2)}}",
            "{{{{{w}}}}}",
            "$ddt{{int:{w}}}",
            "a-{w}-b",
        )
        if self._maybe(0.3):
            self._count += 1
            return 100_000 + self._count
        if self._maybe(0.1):
            return {self.word(): self._value(), "k": [self.word(), None, self._value()]}
        return self._random.choice(kinds).format(w=self.word())

    def _sprinkled(self, mapping: dict[str, Any]) -> dict[str, Any]:
        """Return the mapping with unknown keys at random places."""
        items = list(mapping.items())
        while self._maybe(0.25):
            name = self._random.choice(_UNKNOWN_KEYS)
            value = self._random.choice(
                (self.word(), [self.word(), self.word()], {self.word(): [self.word()]})
            )
            if name not in mapping:
                items.insert(self._random.randrange(len(items) + 1), (name, value))
        return dict(items)

    def _request(self) -> dict[str, Any]:
        request: dict[str, Any] = {"method": "post", "url": f"/{self.word()}"}
        for name in ("headers", "params", "cookies"):
            if self._maybe():
                request[name] = {self.word(): self._value() if name == "params" else self.word()}
        if self._maybe(0.6):
            request[self._random.choice(("json", "data", "body"))] = {
                self.word(): self._value() for _ in range(3)
            }
        if self._maybe(0.1):
            request["files"] = {self.word(): self.word()}
        return self._sprinkled(request)

    def _path(self) -> str:
        return self._random.choice(_PATHS).format(w=self.word())

    def _assertion(self) -> Any:
        comparator, path = self._random.choice(_COMPARATORS), self._path()
        forms = (
            {comparator: [path, self._value()]},
            {comparator: {path: self._value()}},
            {comparator: [path, self._value(), self.word()]},
            {"check": path, "comparator": comparator, "expect": self._value()},
            {"check": path, "comparator": comparator, "expect": self._value(), "message": self.word()},
            {"jsonpath": path, "type": comparator, "value": self._value(), "AssertType": self.word()},
            {path: self._value()},
            {"contains": self.word()},
            {"check": path, "comparator": comparator},
            self.word(),
        )
        return self._random.choice(forms)

    def _extract(self) -> dict[str, Any]:
        forms = (
            self._path(),
            f'"{self.word()}":"(.*?)"',
            {"jsonpath": f"$.{self.word()}", "index": self.word()},
        )
        return {self.word(): self._random.choice(forms)}

    def _switch(self) -> dict[str, Any]:
        if not self._maybe(0.25):
            return {}
        forms = (
            {"skip": self.word()},
            {"is_run": False},
            {"enabled": "no"},
            {"skipIf": self.word()},
            {"skip": True},
        )
        return self._random.choice(forms)

    def _case(self, *, wrapped: bool = True) -> dict[str, Any]:
        case: dict[str, Any] = {"name": self.word(), **self._switch()}
        case |= {"request": self._request()} if wrapped else self._request()
        case["validate"] = [self._assertion() for _ in range(self._random.randrange(4))]
        if self._maybe():
            case["extract"] = self._extract()
        if self._maybe():
            case["variables"] = {self._random.choice(("kind", self.word())): self._value()}
        if self._maybe(0.2):
            case["times"] = self._random.choice((2, 1000 + self._count))
        if self._maybe(0.2):
            case["severity"] = self._random.choice(("critical", self.word()))
        if self._maybe(0.2):
            case["parameters"] = {
                self.word(): [self.word(), self.word()],
                "a-b": [[self.word()], [1, self.word()]],
            }
        return self._sprinkled(case)

    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"name": self.word()}
        if self._maybe():
            config["base_url"] = f"http://{self.word()}.test:8000/{self.word()}"
        if self._maybe():
            config["headers"] = {self.word(): self._value()}
        if self._maybe():
            config["variables"] = {self.word(): self._value(), "kind": self.word()}
        if self._maybe():
            config["parameters"] = {self.word(): [self.word(), self.word()]}
        return self._sprinkled(config)

    def _steps_file(self) -> Any:
        steps = [self._case() for _ in range(3)]
        if self._maybe(0.2):
            steps.append({"name": self.word(), "testcase": self.word()})
        return self._sprinkled({"config": self._config(), "teststeps": steps})

    def _list_file(self) -> Any:
        items: list[Any] = [self._case() for _ in range(2)]
        items += [{"test": self._case()}] if self._maybe() else []
        items += [self.word()] if self._maybe(0.2) else []
        return [{"config": self._config()}, *items] if self._maybe() else items

    def _dict_file(self) -> Any:
        cases: dict[str, Any] = {self.word(): self._case(wrapped=False) for _ in range(2)}
        common = {"allureEpic": self.word(), "allureFeature": self.word()}
        return self._sprinkled({"case_common": self._sprinkled(common), **cases})

    def _group_file(self) -> Any:
        base = self._sprinkled({"api_name": self.word(), **self._request()})
        case = {"case_name": self.word(), **self._switch(), "validation": [self._assertion()]}
        return [self._sprinkled({"baseInfo": base, "testCase": [self._sprinkled(case), self.word()]})]

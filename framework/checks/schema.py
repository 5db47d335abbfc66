"""Reply contracts: JSON Schema 2020-12 files to compiled validators. The only module that imports jsonschema."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from framework.checks.outcome import Fault
from framework.checks.shown import short
from framework.errors import CaseFileError, Problem, did_you_mean
from framework.jsonpath import Json
from framework.messages import tr

_SUFFIX = ".schema.json"


@dataclass(frozen=True)
class CompiledContract:
    validator: Draft202012Validator

    def faults(self, document: Json) -> tuple[Fault, ...]:
        return tuple(Fault(error.message[:100], short(error.instance), "", None, tuple(error.absolute_path))
                     for error in self.validator.iter_errors(document))


class Contracts:
    """The contracts in one directory, each compiled when it is first asked for."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._compiled: dict[str, CompiledContract] = {}

    def known(self) -> tuple[str, ...]:
        return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in self._directory.glob("*" + _SUFFIX)))

    def contract(self, name: str) -> CompiledContract:
        if name not in self._compiled:
            self._compiled[name] = self._compile(name)
        return self._compiled[name]

    def problems(self, name: str, document: Json) -> tuple[Fault, ...]:
        return self.contract(name).faults(document)

    def _compile(self, name: str) -> CompiledContract:
        path = self._directory / (name + _SUFFIX)
        if not re.fullmatch(r"[\w.-]+", name) or not path.is_file():
            raise CaseFileError(Problem("contract-missing", tr("没有契约 {name}", name=name), did_you_mean(name, self.known())))
        try:
            schema = json.loads(path.read_text("utf-8"))
            Draft202012Validator.check_schema(schema)
        except (ValueError, SchemaError) as error:
            raise CaseFileError(Problem("contract", f"{path.name}: {error}")) from None
        return CompiledContract(Draft202012Validator(schema))

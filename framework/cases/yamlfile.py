"""The former names of the YAML nodes, for modules that still use them; delete it with its last import."""

from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import KeyNode as Key
from framework.cases.yaml.nodes import MappingNode as Mapping
from framework.cases.yaml.nodes import Node
from framework.cases.yaml.nodes import ScalarNode as Scalar
from framework.cases.yaml.nodes import SequenceNode as Sequence
from framework.cases.yaml.nodes import to_plain as plain
from framework.cases.yaml.pyyaml import dump
from framework.cases.yaml.textfile import MAX_BYTES, read_source

__all__ = [
    "MAX_BYTES",
    "Key",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "dump",
    "parse_yaml",
    "plain",
    "read_source",
]

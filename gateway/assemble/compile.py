"""Shape -> functions: once for each plan and assembler, kept with the plan for as long as it lives."""

from collections.abc import Mapping

from connectors.requests import Key
from gateway.assemble.answers import Answers
from gateway.assemble.assembly import Assembly
from gateway.assemble.compiler import Compiler
from gateway.assemble.connection import compile_connection
from gateway.assemble.entities import compile_entity
from gateway.assemble.functions import EntityAt, Fields, Root
from gateway.assemble.places import Place
from gateway.fetch.failures import from_denial
from gateway.plan import model
from gateway.plan import shape as shapes
from schema.catalogue.model import Catalogue


def compiled(plan: model.Plan, catalogue: Catalogue, *, is_final: bool) -> Mapping[model.Path, Root]:
    """The functions of a plan's entries, by path."""
    place = ("assembly", is_final)
    made: Mapping[model.Path, Root] | None = plan.memo.get(place)
    if made is None:
        compiler = Compiler(plan, catalogue, is_final, compile_entity)
        made = plan.memo[place] = {entry.path: _compile_root(compiler, entry) for entry in plan.draft.entries}
    return made


def _compile_root(compiler: Compiler, entry: model.Entry) -> Root:
    """What makes an entry's value."""
    place = Place(entry.path, len(entry.path))
    match entry.shape:
        case shapes.AnswerShape() as shape:
            return Answers(compiler, entry, shape, place)
        case shapes.ConnectionShape() as shape:
            return compile_connection(compiler, shape, place)
        case shapes.Denied(denial=denial):
            failure, denied = from_denial(denial), Place(entry.path, 0)
            return lambda assembly, _: assembly.fail(denied, failure, (), None)
        case shapes.Typename(name=name):
            return lambda _assembly, _key: name
        case shapes.EntityShape() as shape:
            node = compiler.plan.draft.nodes[shape.node]
            return _at_root(node, compiler.entity(shape, place))


def _at_root(node: model.Node, make: EntityAt) -> Root:
    """What makes an entity whose key arguments give, or the field that is written by hand."""

    def brought(assembly: Assembly, key: Key | None) -> Fields:
        assert key is not None
        return make(assembly, key, ())

    def given(assembly: Assembly, _key: Key | None) -> Fields:
        return make(assembly, tuple(map(assembly.operands.__getitem__, places)), ())

    if not isinstance(node.origin, model.RootKeys):
        return brought
    places = node.origin.places
    return given

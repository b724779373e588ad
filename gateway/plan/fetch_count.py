"""How many fetches an operation asks for, counted on the parsed document: before validating and planning it.

A lower bound of what the planner would make, were everything included, reachable and permitted: places that
ask the same are counted once, as in `places.py`, and look-ups of aliases, `via` and areas are left out.
Validating and planning 400 aliases to refuse them costs five times as much as parsing them. What the schema
does not have counts for nothing: the validator has the words for it.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    ListValueNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from gateway.plan.collect import Fragments, fragments_of, named_type
from schema.types import meaning as means

Sets = list[SelectionSetNode]
"""Selection sets that meet at one place."""


def count_fetches(schema: GraphQLSchema, document: DocumentNode, *, is_lifted: bool = False) -> int:
    """The most that any operation of the document asks for. `is_lifted`: texts become variables, of which two
    places never have the same."""
    counter = _Counter(fragments_of(document), is_lifted)
    return max(
        (
            counter.operation(schema.get_root_type(node.operation), node)
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        ),
        default=0,
    )


@dataclass(slots=True)
class _Place:
    """Where the same thing is asked, by several aliases or not."""

    of: GraphQLField
    sets: Sets = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Counter:
    fragments: Fragments
    is_lifted: bool

    def operation(self, root: GraphQLObjectType | None, node: OperationDefinitionNode) -> int:
        return 0 if root is None else sum(map(self._root, self._places([node.selection_set], root)))

    def _root(self, place: _Place) -> int:
        type_ = named_type(place.of.type)
        match means.meaning_of(place.of):
            case means.Root() | means.RootBy():
                return self._entity(place.sets, type_)
            case means.Roots():
                return sum(
                    self._entity(inner.sets, named_type(inner.of.type))
                    for inner in self._places(place.sets, type_)
                    if isinstance(means.meaning_of(inner.of), means.AnswerField)
                )
            case means.Collection():
                return 1 + self._rows(place.sets, type_)
        return 0

    def _entity(self, sets: Sets, type_: Any) -> int:
        """The fetches at an entity: one for all of its own items, one for each resource that is asked."""
        if not isinstance(type_, GraphQLObjectType):  # a code of a lenient answer
            return 0
        found, has_core = 0, False
        for place in self._places(sets, type_):
            inner = named_type(place.of.type)
            match means.meaning_of(place.of):
                case means.Core():
                    has_core = True
                    found += self._link(place.sets, inner)
                case means.Namespace():
                    found += self._entity(place.sets, inner)
                case means.Attached():
                    found += 1 + self._rows(place.sets, inner)
        return found + has_core

    def _rows(self, sets: Sets, type_: GraphQLObjectType) -> int:
        """The fetches below rows, or below a page of them: at the entities that their links lead to."""
        found = 0
        for place in self._places(sets, type_):
            inner = named_type(place.of.type)
            match means.meaning_of(place.of):
                case means.ItemValue(_, "link"):
                    found += self._link(place.sets, inner)
                case means.ConnectionPart() | means.EdgePart() if isinstance(inner, GraphQLObjectType):
                    found += self._rows(place.sets, inner)
        return found

    def _link(self, sets: Sets, type_: Any) -> int:
        targets = type_.types if isinstance(type_, GraphQLUnionType) else (type_,)
        return sum(self._entity(sets, target) for target in targets)

    def _places(self, sets: Sets, type_: GraphQLObjectType) -> Iterator[_Place]:
        selected: dict[str, list[FieldNode]] = {}
        for node in self._fields(sets, type_, set()):
            selected.setdefault((node.alias or node.name).value, []).append(node)
        places: dict[Hashable, _Place] = {}
        for nodes in selected.values():
            known = type_.fields.get(nodes[0].name.value)
            if known is None:
                continue
            place = places.setdefault(self._identity(nodes[0], known), _Place(known))
            place.sets += [node.selection_set for node in nodes if node.selection_set is not None]
        return iter(places.values())

    def _fields(self, sets: Sets, type_: GraphQLObjectType, seen: set[str]) -> Iterator[FieldNode]:
        for selections in sets:
            for node in selections.selections:
                if isinstance(node, FieldNode):
                    yield node
                elif isinstance(node, InlineFragmentNode):
                    if node.type_condition is None or node.type_condition.name.value == type_.name:
                        yield from self._fields([node.selection_set], type_, seen)
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                    seen.add(node.name.value)
                    fragment = self.fragments.get(node.name.value)
                    if fragment is not None and fragment.type_condition.name.value == type_.name:
                        yield from self._fields([fragment.selection_set], type_, seen)

    def _identity(self, node: FieldNode, known: GraphQLField) -> Hashable:
        """What two places share that ask the same."""
        said = sorted(self._said(node.arguments or ()))
        meaning = means.meaning_of(known)
        if isinstance(meaning, means.RootBy) and len(node.arguments or ()) > 0:
            said = [self._by_default_key(one, meaning) for one in said]
        name = meaning.entity.root if isinstance(meaning, means.RootBy) else node.name.value
        return name, tuple(said)

    @staticmethod
    def _by_default_key(said: tuple[str, str], root: means.RootBy) -> tuple[str, str]:
        """`personBy(key: { citizenId: $i })` asks what `person(id: $i)` asks."""
        before = f"{{{root.entity.default_key.name}:"
        name, value = said
        if name == "key" and value.startswith(before) and value.endswith(",}"):
            return root.entity.root_argument, value[len(before) : -2]
        return said

    def _said(self, given: Iterable[ArgumentNode | ObjectFieldNode]) -> Iterator[tuple[str, str]]:
        """What is said at all, by name: to filter by `{}` and to order by `[]` says nothing."""
        return ((one.name.value, text) for one in given if (text := self._value(one.value)))

    def _value(self, value: ValueNode) -> str:
        """A value as text, or nothing: the same for values that planning takes for the same."""
        match value:
            case VariableNode():
                return f"${value.name.value}"
            case StringValueNode():
                at = value.loc.start if self.is_lifted and value.loc else value.value
                return f'"{at}"'
            case ListValueNode():
                texts = [text for one in value.values if (text := self._value(one))]
                return f"[{','.join(texts)}]" if texts else ""
            case ObjectValueNode():
                inner = sorted(self._said(value.fields))
                return "{" + "".join(f"{name}:{text}," for name, text in inner) + "}" if inner else ""
            case NullValueNode():
                return ""
        return str(getattr(value, "value", ""))

"""The oracle: a naive resolver per field over raw rows. In tests only, and slow on purpose.

It shares with the product the catalogue's compiled model, codecs, predicates and `decide`; not the
planner, not the authorizer, not the fetcher, not the assembler. What the product answers must equal
what the oracle answers: the same data in the same order, and the same errors as a multiset of
(path pattern, code).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cmp_to_key, partial
from itertools import pairwise
from typing import Any

import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    execute,
    parse,
)

from gateway.identity.pseudonyms import Pseudonyms
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.entity import Entity, Key
from schema.catalogue.item import Item
from schema.catalogue.model import Attachment, Catalogue, Resource
from schema.geography import GeographyError, read_area
from schema.policy.caller import Caller
from schema.policy.decide import decide
from schema.policy.masks import MASKS
from schema.policy.model import Policy, Right
from schema.policy.visibility import visible_to
from schema.predicate import Compare, Predicate, passes
from schema.scalars import SCALARS
from schema.types import meaning as means
from schema.types.objects import ObjectTypes
from schema.values import Invalid
from tests.differential.conditions import Conditions
from tests.differential.standing import is_in_area, is_in_box, metres_between

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
RawRow = Mapping[str, Any]


@dataclass
class Subject:
    entity: Entity
    key: Key
    value: tuple[Any, ...]
    link: tuple[Resource, Item] | None = None
    as_of: date | None = None
    path: tuple[str, ...] = ()
    """Response keys that led here."""
    states: dict[tuple[str, str], None] = field(default_factory=dict)
    """(field, state), each once, in the order of appearance; complete when `_states` stands last."""


@dataclass
class Record:
    resource: Resource
    raw: RawRow
    arguments: dict[str, Any]
    subject: Subject


class Oracle:
    def __init__(
        self,
        catalogue: Catalogue,
        policy: Policy,
        tables: Tables,
        caller: Caller,
        pseudonyms: Pseudonyms,
        today: date,
        protected: frozenset[str] = frozenset(),
    ) -> None:
        self.catalogue, self.policy, self.tables = catalogue, policy, tables
        self.caller, self.pseudonyms, self.today = caller, pseudonyms, today
        self.protected = protected
        types = ObjectTypes(catalogue, visible_to(caller.audience, catalogue))
        self.roots = types.root_fields()
        self.schema = GraphQLSchema(GraphQLObjectType("Query", self.roots))
        self.seen: list[str] = []
        """States of the resource that was read last."""
        self.resources_told: set[str] = set()
        """Resources of which the last answer tells something, be it that there is no record."""
        self.subjects_told: set[str] = set()
        """Pseudonyms of those of whom it tells something, or whom it names."""
        for type_ in self.schema.type_map.values():
            if isinstance(type_, GraphQLObjectType):
                for field in type_.fields.values():
                    meaning = means.meaning_of(field)
                    if meaning is not None:
                        field.resolve = self.resolver(meaning)
            elif hasattr(type_, "resolve_type"):
                type_.resolve_type = lambda value, *_: value.entity.name

    def run(self, text: str, variables: dict[str, Any]) -> tuple[Any, Counter[tuple[str, str]]]:
        self.resources_told, self.subjects_told = set(), set()
        result = execute(self.schema, parse(text), variable_values=variables)
        said = {
            (
                ".".join("*" if isinstance(s, int) else s for s in error.path or ()),
                code_of(error),
                error.message,
            )
            for error in result.errors or ()  # type: ignore[union-attr] # no resolver is async
        }
        errors = Counter((pattern, code) for pattern, code, _ in said)
        return result.data, errors  # type: ignore[union-attr] # no resolver is async

    def resolver(self, meaning: means.Meaning) -> Any:
        def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            path = tuple(step for step in info.path.as_list() if isinstance(step, str))
            subject = source.subject if isinstance(source, Record) else source
            if not isinstance(subject, Subject):
                subject = None
            self.seen = []
            try:
                value = self.value(meaning, source, info, arguments)
            except GraphQLError as error:
                self.seen.append(code_of(error))
                raise
            finally:
                if subject is not None:
                    note(subject, path, *self.seen)
            self.disclose(meaning, source)
            if isinstance(value, Subject) and value is not source:
                value.path = path
            return value

        return resolve

    def disclose(self, meaning: means.Meaning, source: Any) -> None:
        """Note what a field told, and of whom; who only repeats the key that was given tells nothing."""
        match meaning:
            case means.Attached(resource) | means.Collection(resource):
                self.tell(resource, source)
            case means.Pseudonym() | means.KeyValue() if source.link is not None:
                self.tell(source.link[0], source)

    def tell(self, resource: Resource, of: Subject | None) -> None:
        self.resources_told.add(resource.code)
        if of is not None:
            self.subjects_told.add(self.pseudonyms.subject(of.entity.name, of.value))

    def value(self, meaning: Any, source: Any, info: GraphQLResolveInfo[Any], arguments: Any) -> Any:
        match meaning:
            case means.Root(entity):
                value = arguments[entity.root_argument]
                return self.subject(entity, entity.default_key, value, arguments.get("asOf"))
            case means.RootBy(entity):
                ((name, value),) = arguments["key"].items()
                return self.subject(entity, entity.keys[name], value, arguments.get("asOf"))
            case means.Roots(entity):
                return self.answers(entity, arguments["ids"], arguments.get("asOf"))
            case means.Collection(resource):
                return self.collection(resource, info, arguments)
            case means.ConnectionPart("pageInfo"):  # its fields read by response key, as product's do
                below = selected(info, info.field_nodes)
                return {(node.alias or node.name).value: source["pageInfo"][name] for name, node in below}
            case means.ConnectionPart(name) | means.EdgePart(name):
                return source[name]
            case means.AnswerField(name):
                found = source[name]
                return replace(found, states={}) if isinstance(found, Subject) else found
            case means.Pseudonym():
                self.must_tell(source)
                names = self.names(source) if self.tells(source) else None
                return self.pseudonyms.for_application(
                    self.caller.application, source.entity.name, names[0][1] if names else source.value
                )
            case means.KeyValue(key):
                return self.key_value(source, key)
            case means.Namespace():
                return source
            case means.Core():
                return self.core(meaning, source)
            case means.Attached(resource, attachment):
                return self.attached(resource, attachment, source, info, arguments)
            case means.ItemValue(item, aspect):
                return self.item(source, item, aspect)
            case means.States():
                return [{"field": name, "state": state} for name, state in source.states]
        raise AssertionError(meaning)

    def registers(self, subject: Subject, *, usable: bool = True) -> list[Resource]:
        """Registers of aliases of an entity, those that may be used or all."""
        found = [
            one
            for one in self.catalogue.resources.values()
            if one.aliases is not None and one.aliases.entity == subject.entity.name and one.is_connected
        ]
        return [
            one
            for one in found
            if not usable
            or (self.may(one, "use") and not (subject.as_of and self.period_denial(one, subject.as_of)))
        ]

    def may(self, register: Resource, right: Right) -> bool:
        assert register.aliases is not None
        ends = [register.aliases.current] + [register.aliases.old] * (right == "use")
        columns = {column for end in ends for column in end.columns}
        items = [item for item in register.items.values() if item.column in columns]
        return all(self.verdict(register, item, right) == "ALLOW" for item in items)

    def tells(self, subject: Subject) -> bool:
        usable = self.reached(subject, usable=True)
        return bool(usable) and all(self.may(one, "show") for one in usable)

    def kinds(self, subject: Subject, *, usable: bool) -> set[str]:
        """Names of keys that registers may lead to from the subject's."""
        kinds = {subject.key.name}
        for _ in subject.entity.keys:
            for one in self.registers(subject, usable=usable):
                assert one.aliases is not None
                ends = {one.aliases.old.key, one.aliases.current.key}
                kinds |= ends if ends & kinds else set()
        return kinds

    def reached(self, subject: Subject, *, usable: bool) -> list[Resource]:
        """Registers that hold keys of the subject's kind, or of one that others lead to from it."""
        kinds = self.kinds(subject, usable=usable)
        found = self.registers(subject, usable=usable)
        return [
            one for one in found if one.aliases and {one.aliases.old.key, one.aliases.current.key} & kinds
        ]

    def names(self, subject: Subject) -> list[tuple[str, tuple[Any, ...]]] | None:
        """All keys of the subject, the current one first; `None` where nobody can tell."""
        successors = self.successors(subject)
        chain = self.chain(subject)
        if chain is None:
            return None
        names = chain[-1:]
        for name in names:
            names += [
                old for old, following in successors.items() if list(following) == [name] and old not in names
            ]
        return names

    def chain(self, subject: Subject) -> list[tuple[str, tuple[Any, ...]]] | None:
        """From the subject's key to the current one; `None` where nobody can tell."""
        successors = self.successors(subject)
        chain = [(subject.key.name, subject.value)]
        while chain[-1] in successors:
            following = successors[chain[-1]]
            ((_, key), *others) = following
            if others or next(iter(following)) in chain or not is_key(key):
                return None
            chain += following
        return chain

    def alias_kinds(self, subject: Subject) -> list[str]:
        """Why the subject's key gave way, step by step."""
        chain, successors = self.chain(subject) or [], self.successors(subject)
        steps = [successors[old][new] for old, new in pairwise(chain)]
        return [kind.upper() for kind in dict.fromkeys(kind for step in steps for kind in step if kind)]

    def successors(self, subject: Subject) -> dict[Any, dict[Any, dict[str | None, None]]]:
        """By old key: the keys in its place, with the reasons."""
        found: dict[Any, dict[Any, dict[str | None, None]]] = {}
        for one in self.registers(subject):
            assert one.aliases is not None
            day = subject.as_of or (self.today if one.validity is not None else None)
            for row in self.on_the_day(one, self.tables[one.code], day):
                old, new = (
                    (
                        end.key,
                        tuple(c.decode(row.get(n)) for c, n in zip(end.codecs, end.columns, strict=True)),
                    )
                    for end in (one.aliases.old, one.aliases.current)
                )
                if is_key(old[1]) and None not in new[1] and old != new:
                    found.setdefault(old, {}).setdefault(new, {})[self.alias_kind(one, row)] = None
        return found

    def alias_kind(self, register: Resource, row: RawRow) -> str | None:
        aliases = register.aliases
        assert aliases is not None
        if aliases.kind_item is None:
            return aliases.kind
        item = register.items[aliases.kind_item]
        if self.verdict(register, item, "show") != "ALLOW":
            return None
        return aliases.kinds.get(str(item.codec.decode(row.get(item.column or ""))))

    def subject(self, entity: Entity, key: Key, value: Any, as_of: date | None) -> Subject:
        parts = tuple(value[p.name] for p in key.parts) if key.is_composite else (value,)
        return Subject(entity, key, parts, as_of=as_of)

    def answers(self, entity: Entity, ids: list[str], as_of: date | None) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = []
        first: dict[str, int] = {}
        for position, text in enumerate(ids):
            try:
                value = SCALARS[entity.default_key.parts[0].type].coerce_input_value(text)
            except GraphQLError:
                answers.append({"code": "MALFORMED", "duplicateOf": None, "aliasKinds": [], "entity": None})
                continue
            code = "OK" if len(value) == len(text.strip()) else "ALIAS_OF"
            subject = Subject(entity, entity.default_key, (value,), as_of=as_of)
            names = self.names(subject) if self.tells(subject) else None
            current = names[0][1][0] if names else value
            code = code if current == value else "ALIAS_OF"
            duplicate = first.get(current)
            first.setdefault(current, position)
            code = code if duplicate is None else "DUPLICATE_OF"
            kinds = ["RENUMBERED"] * (len(value) != len(text.strip()))
            kinds += self.alias_kinds(subject) if self.tells(subject) else []
            answers.append(
                {
                    "code": code,
                    "duplicateOf": duplicate,
                    "aliasKinds": list(dict.fromkeys(kinds)),
                    "entity": subject,
                }
            )
        return answers

    def key_value(self, subject: Subject, key: Key) -> Any:
        if not leads(subject.key, key):
            return self.current_key(subject, key)
        default = subject.entity.default_key
        if subject.link is None and leads(default, key) and self.tells(subject):
            names = self.names(subject) or [(subject.key.name, subject.value)]
            subject = replace(subject, key=subject.entity.keys[names[0][0]], value=names[0][1])
        self.must_tell(subject)
        if key.name != subject.key.name and key.slice:
            return subject.value[0][key.slice.start : key.slice.stop]
        if key.is_composite:
            return {p.name: v for p, v in zip(key.parts, subject.value, strict=True)}
        return subject.value[0]

    def must_tell(self, subject: Subject) -> None:
        """Who a subject is, to whom a link leads."""
        if subject.link is not None:
            resource, item = subject.link
            self.must(resource, item, "show")

    def current_key(self, subject: Subject, key: Key) -> Any:
        """A key that only a register of aliases leads to: if none does, no right would help."""
        usable = self.reached(subject, usable=True)
        keys = subject.entity.keys
        if not any(one.aliases and leads(keys[one.aliases.current.key], key) for one in usable):
            raise failed("NOT_CONNECTED")
        for register in usable:
            columns = register.aliases.current.columns if register.aliases else ()
            for column in columns:
                item = next(i for i in register.items.values() if i.column == column)
                self.must(register, item, "show")
        self.must_tell(subject)
        names = self.names(subject)
        if names is None or not leads(subject.entity.keys[names[0][0]], key):
            raise failed("NOT_CONNECTED")
        return self.key_value(Subject(subject.entity, subject.entity.keys[names[0][0]], names[0][1]), key)

    def core(self, meaning: means.Core, subject: Subject) -> Any:
        reachable = [a for a in meaning.authorities if self.reaches(subject, a.attachment, usable=False)]
        if not reachable:
            raise failed("NOT_CONNECTED")
        verdicts = [self.core_denial(meaning, authority, subject) for authority in reachable]
        is_default = subject.key.name == subject.entity.default_key.name
        if all(verdicts):
            own = [
                denial
                for authority, denial in zip(reachable, verdicts, strict=True)
                if denial and (not is_default or subject.value in authority.attachment.covers)
            ]
            if own:
                raise failed(*own[0])
            self.seen = ["NO_RECORD"]
            return None
        names = self.names(subject)
        current = names[0][1] if names else subject.value
        for authority, denial in zip(reachable, verdicts, strict=True):
            if is_default and current not in authority.attachment.covers:
                continue
            if denial:
                raise failed(*denial)
            rows = self.rows(authority.resource, authority.attachment, subject)
            records = [Record(authority.resource, row, {}, subject) for row in rows]
            self.tell(authority.resource, subject)
            is_last = is_default or authority is reachable[-1]
            guard = self.opens(authority.resource)
            if not is_last and not any(passes(guard, partial(self.comparable, one)) for one in records):
                continue
            records = self.guarded(authority.resource, records, authority.attachment, subject)
            self.seen = ["DATA" if rows else "NO_RECORD"]
            item = authority.resource.items[meaning.item]
            return self.item(records[0], item, meaning.aspect) if records else None
        self.seen = ["NO_RECORD"]
        return None

    def core_denial(
        self, meaning: means.Core, authority: means.Authority, subject: Subject
    ) -> tuple[str, str] | None:
        """Why a register is not asked for an item of the entity: a code, and words of its own."""
        resource = authority.resource
        item = resource.items[meaning.item]
        if subject.as_of and not resource.validity:
            return "AS_OF_UNSUPPORTED", resource.code
        if code := self.item_denial(resource, item, meaning.aspect):
            right: Right = "use" if meaning.aspect == "link" else "show"
            return code, decide(self.caller, self.policy, resource, item, right, self.today).message
        if not self.reaches(subject, authority.attachment, usable=True):
            return "NOT_CONNECTED", resource.code
        if denied := self.period_denial(resource, subject.as_of):
            return denied
        if meaning.aspect == "link" and not self.is_known(resource):
            return "DENIED", f"existence of {resource.code}"
        return None if resource.is_connected else ("NOT_CONNECTED", resource.code)

    def attached(
        self,
        resource: Resource,
        attachment: Attachment,
        subject: Subject,
        info: Any,
        arguments: Any,
    ) -> Any:
        place = attachment
        if attachment.via is not None:
            through = self.catalogue.resources[attachment.via.resource]
            place = next(a for a in through.attachments if a.entity == subject.entity.name)
        if not self.reaches(subject, place, usable=False):
            raise failed("NOT_CONNECTED")
        where = Conditions(resource, arguments.get("where"))
        owners = [self.owner(name) for name, _ in where.areas()]
        on_the_way = list(owners)
        if attachment.via is not None:
            on_the_way.append(self.catalogue.resources[attachment.via.resource])
        if subject.as_of and not all(one.validity for one in [resource, *on_the_way]):
            raise failed("AS_OF_UNSUPPORTED")
        if not self.reaches(subject, place, usable=True):
            raise failed("NOT_CONNECTED")
        order = [next(iter(term.items())) for term in arguments.get("orderBy") or ()]
        looked_at = {*where.names, *self.period(resource, subject.as_of)}
        for name in [*sorted(looked_at), *(name for name, _ in order)]:
            self.must(resource, resource.items[name], "match")
        if attachment.back_by is not None:
            self.must(resource, resource.items[attachment.back_by], "use")
        self.must_use_areas(owners)
        if attachment.via is not None:
            through = self.catalogue.resources[attachment.via.resource]
            for name in sorted(self.period(through, subject.as_of)):
                self.must(through, through.items[name], "match")
            self.must(through, through.items[attachment.via.item], "use")
        self.check_rows(resource, [names_in(info, info.field_nodes)])
        if not all(one.is_connected for one in [resource, *owners]):
            raise failed("NOT_CONNECTED")
        holds = self.holding(where, subject.as_of)
        rows = self.rows(resource, attachment, subject)
        rows = [row for row in rows if self.fits(resource, row, arguments)]
        records = [Record(resource, row, arguments, subject) for row in rows]
        records = [r for r in records if holds(r)]
        if attachment.many:
            records = self.sorted(records, order, resource)
        shown = self.guarded(resource, records, attachment, subject)
        is_partial = self.opens(resource) is not None
        self.seen = ["DATA" if shown or is_partial else "NO_RECORD"]
        if not attachment.many:
            return shown[0] if shown else None
        is_cut = "first" not in arguments and len(shown) > resource.limits.default_first
        is_cut = is_cut or (attachment.via is not None and self.is_cut(attachment, subject))
        self.seen += ["TRUNCATED"] * is_cut + ["PARTIAL"] * is_partial
        return shown[: arguments.get("first") or resource.limits.default_first]

    def is_cut(self, attachment: Attachment, subject: Subject) -> bool:
        """Whether the resource in between has more rows than are followed."""
        assert attachment.via is not None
        resource = self.catalogue.resources[attachment.via.resource]
        place = next(a for a in resource.attachments if a.entity == subject.entity.name)
        rows = self.rows(resource, place, subject)
        records = [Record(resource, row, {}, subject) for row in rows]
        return (
            place.many
            and len(self.guarded(resource, records, place, subject)) > resource.limits.default_first
        )

    def check_rows(self, resource: Resource, rows: list[list[str]], *, tells: bool = False) -> None:
        """A place of whose rows no value is shown is denied, unless it is asked whether there are any, and
        that may be told. `tells`: it is asked beside the rows; in one it is by `__typename`, a link, or nothing."""
        type_ = self.schema.type_map[resource.type_name]
        assert isinstance(type_, GraphQLObjectType)
        shown, refused = 0, []
        for names in rows:
            found = [means.meaning_of(type_.fields[name]) for name in names if name != "__typename"]
            items = [(one.item, one.aspect) for one in found if isinstance(one, means.ItemValue)]
            denials = [self.item_denial(resource, item, aspect) for item, aspect in items]
            if denials and all(denials):
                refused.append(denials[0])
            tells = tells or "__typename" in names or not denials or not all(denials)
            values = (aspect != "link" for _, aspect in items)
            shown += sum(is_value and not denied for is_value, denied in zip(values, denials, strict=True))
        if not shown and not ((tells or not rows) and self.is_known(resource)):
            raise failed(refused[0] if refused else "DENIED")

    def is_known(self, resource: Resource) -> bool:
        """Whether it may be told that there are rows."""
        return any(self.verdict(resource, one, "show") != "DENY" for one in resource.items.values())

    def item(self, record: Record, item: Item, aspect: str) -> Any:
        denial = self.item_denial(record.resource, item, aspect)
        if denial:
            raise failed(denial)
        if aspect == "link":
            return self.follow(record, item)
        if item.derivation is not None:
            return self.derived(record, item)
        value = self.decoded(record, item.name)
        if isinstance(value, Invalid):
            raise failed("INVALID_VALUE")
        if value is None:
            return None
        if aspect == "label":
            labels = self.catalogue.code_lists[item.codes or ""].labels
            if value not in labels:
                raise failed("INVALID_VALUE")
            return labels[value]
        if aspect != "masked":
            return value
        if self.verdict(record.resource, item, "show") == "MASK":
            self.seen.append("MASKED")
        return MASKS[item.mask or ""](str(value))

    def derived(self, record: Record, item: Item) -> Any:
        derivation = item.derivation
        assert derivation is not None
        value = self.decoded(record, derivation.item)
        if isinstance(value, Invalid):
            raise failed("INVALID_VALUE")
        if derivation.kind == "exists":
            return value is not None
        if value is None:
            return None
        if derivation.kind == "positive":
            return value > 0
        if derivation.kind == "equals":
            given = record.arguments.get(derivation.argument or "")
            return None if given is None else value == given
        label = derivation.labels[0]
        for bound, above in zip(derivation.bounds, derivation.labels[1:], strict=True):
            if value >= bound:
                label = above
        return label

    def follow(self, record: Record, item: Item) -> Any:
        assert item.link is not None
        kind = "" if item.link.kind_column is None else str(record.raw.get(item.link.kind_column))
        target = item.link.targets.get(kind)
        if target is None:
            if is_blank(self.decoded(record, item.name)):
                return None
            raise failed("INVALID_VALUE")
        entity = self.catalogue.entities[target.entity]
        key = entity.keys[target.key]
        values = tuple(
            (
                record.resource.columns[c] if key.is_composite or p.type == item.type else make_codec(p.type)
            ).decode(record.raw.get(c))
            for c, p in zip(target.columns, key.parts, strict=True)
        )
        if any(map(is_blank, values)):
            return None
        if any(isinstance(value, Invalid) for value in values):
            raise failed("INVALID_VALUE")
        return Subject(entity, key, values, (record.resource, item), record.subject.as_of)

    def collection(self, resource: Resource, info: Any, arguments: Any) -> dict[str, Any]:
        """The first page; cursors are nobody's to compare."""
        where = Conditions(resource, arguments.get("where"))
        order = [next(iter(term.items())) for term in arguments.get("orderBy") or ()]
        as_of = arguments.get("asOf")
        owners = [self.owner(name) for name, _ in where.areas()]
        if as_of and not all(owner.validity for owner in owners):
            raise failed("AS_OF_UNSUPPORTED")
        for name in [*sorted({*where.names, *self.period(resource, as_of)}), *(n for n, _ in order)]:
            self.must(resource, resource.items[name], "match")
        self.must_use_areas(owners)
        rows = []  # in the order of the document: the first that is refused says why
        around = {name for name in names_in(info, info.field_nodes) if name not in {"nodes", "edges"}}
        for name, parts in merged(info, info.field_nodes):
            if name == "nodes":
                rows.append(parts)
            elif name == "edges":
                rows += [nodes for inner, nodes in merged(info, parts) if inner == "node"]
                inside = set(names_in(info, parts))
                around |= inside - {"node"} or ({"edges"} if not inside else set())
        self.check_rows(resource, [names_in(info, row) for row in rows], tells=bool(around))
        if not all(one.is_connected for one in [resource, *owners]):
            raise failed("NOT_CONNECTED")
        holds = self.holding(where, as_of)
        nowhere = Entity("", "", "", "", {}, is_personal=False)
        subject = Subject(nowhere, Key("", ()), (), as_of=as_of)
        rows_then = self.on_the_day(resource, self.tables[resource.code], as_of)
        records = [Record(resource, row, arguments, subject) for row in rows_then]
        records = [r for r in records if self.fits(resource, r.raw, arguments)]
        guard = self.opens(resource)
        shown = [r for r in records if holds(r)]
        shown = [r for r in shown if passes(guard, partial(self.comparable, r))]
        page = self.sorted(shown, order, resource)[: arguments.get("first") or resource.limits.default_first]
        return {
            "nodes": page,
            "edges": [{"node": record, "cursor": ""} for record in page],
            "pageInfo": {"hasNextPage": len(page) < len(shown), "hasPreviousPage": False},
            "totalCount": len(shown),
        }

    def owner(self, name: str) -> Resource:
        """The resource of areas that `within` calls by a name."""
        return next(one for one in self.catalogue.resources.values() if one.boundary and one.name == name)

    def must_use_areas(self, owners: list[Resource]) -> None:
        for owner in owners:
            self.must(owner, owner.items[owner.boundary.item if owner.boundary else ""], "use")

    def holding(self, where: Conditions, as_of: date | None) -> Callable[[Record], bool]:
        """Whether a condition is true of a record; raises where an area is not known."""
        areas = [(name, key, self.area(name, key, as_of)) for name, key in where.areas()]
        place = where.resource.coordinates

        def stands(record: Record, relation: str, value: Any) -> Any:
            assert place is not None
            lon, lat = (self.comparable(record, name) for name in (place.lon, place.lat))
            if lon is None or lat is None:
                return None
            if relation == "box":
                return is_in_box(value["west"], value["south"], value["east"], value["north"], lon, lat)
            if relation == "near":
                point = value["point"]
                return metres_between(point["lon"], point["lat"], lon, lat) <= value["radiusMetres"]
            (name, given) = next(iter(value.items()))
            found = [area for owner, key, area in areas if (owner, key) == (name, given)]
            return is_in_area(found[0] if found else orjson.loads(given.text), lon, lat)

        def look(record: Record, name: str) -> Any:
            known = where.standing.get(name)
            return self.comparable(record, name) if known is None else stands(record, *known)

        return lambda record: passes(where.predicate, partial(look, record))

    def area(self, name: str, key: Any, as_of: date | None) -> Any:
        """The one area that a register has under a key."""
        resource = self.owner(name)
        assert resource.boundary is not None
        entity = self.catalogue.entities[resource.boundary.entity]
        subject = Subject(entity, entity.default_key, (key,), as_of=as_of)
        place = next(a for a in resource.attachments if a.entity == entity.name and a.via is None)
        item = resource.items[resource.boundary.item]
        texts = {item.codec.decode(row.get(item.column or "")) for row in self.rows(resource, place, subject)}
        texts -= {None}
        if len(texts) != 1:
            raise failed("MULTIPLE_RECORDS" if texts else "NO_RECORD")
        (text,) = texts
        try:
            return orjson.loads(read_area(text, max_positions=None).text)
        except GeographyError:
            raise failed("INVALID_VALUE") from None

    def through(self, attachment: Attachment, subject: Subject) -> list[Record]:
        """The rows of the resource in between, as if they were asked for by default."""
        assert attachment.via is not None
        resource = self.catalogue.resources[attachment.via.resource]
        place = next(a for a in resource.attachments if a.entity == subject.entity.name)
        if not resource.is_connected:
            raise failed("NOT_CONNECTED")
        records = [Record(resource, row, {}, subject) for row in self.rows(resource, place, subject)]
        shown = self.guarded(resource, self.sorted(records, [], resource), place, subject)
        return shown[: resource.limits.default_first]

    def opens(self, resource: Resource) -> Predicate | None:
        """The condition under which this caller is told of a row."""
        return resource.opening.rows if self.caller.audience == "open" else None

    def is_asked(self, attachment: Attachment, subject: Subject) -> bool:
        """Whether a key that is known leads to its rows: nothing is withheld of what nobody asks for."""
        kinds = {kind for kind, _ in self.names(subject) or ()}
        return attachment.via is not None or any(by.key in kinds for by in attachment.by)

    def guarded(
        self, resource: Resource, records: list[Record], attachment: Attachment, subject: Subject
    ) -> list[Record]:
        """Those that may be shown; nothing tells of others."""
        guard = self.opens(resource)
        shown = [record for record in records if passes(guard, partial(self.comparable, record))]
        is_many = attachment.many and not attachment.is_core
        if guard is not None and not is_many and not shown and self.is_asked(attachment, subject):
            raise failed("DENIED")
        if not is_many and len(shown) > 1:
            raise failed("MULTIPLE_RECORDS")
        return shown

    def fits(self, resource: Resource, row: RawRow, arguments: dict[str, Any]) -> bool:
        """Arguments that no derivation compares with go to the source."""
        compared = {item.derivation.argument for item in resource.items.values() if item.derivation}
        return all(
            row.get(argument.parameter) == arguments[name]
            for name, argument in resource.arguments.items()
            if name not in compared and arguments.get(name) is not None
        )

    def period(self, resource: Resource, as_of: date | None) -> list[str]:
        """The items that say since when and until when a row holds, where a day is looked at."""
        validity = resource.validity
        if validity is None or (as_of is None and not validity.is_versioned):
            return []
        return [name for name in (validity.start, validity.end) if name and name in resource.items]

    def period_denial(self, resource: Resource, as_of: date | None) -> tuple[str, str] | None:
        for name in sorted(self.period(resource, as_of)):
            verdict = decide(self.caller, self.policy, resource, resource.items[name], "match", self.today)
            if verdict.kind != "ALLOW":
                return verdict.code, verdict.message
        return None

    def on_the_day(self, resource: Resource, rows: Sequence[RawRow], as_of: date | None) -> list[RawRow]:
        validity = resource.validity
        day = as_of or (self.today if validity is not None and validity.is_versioned else None)
        if validity is None or day is None:
            return list(rows)

        def end(row: RawRow, name: str | None) -> date | None:
            if name is None:
                return None
            column = resource.items[name].column if name in resource.items else name.partition(":")[2]
            value = resource.columns[column or ""].decode(row.get(column or ""))
            return None if isinstance(value, Invalid) else value

        def holds(row: RawRow) -> bool:
            first, last = end(row, validity.start), end(row, validity.end)
            has_ended = last is not None and (last <= day if validity.ends_before else last < day)
            return (first is None or first <= day) and not has_ended

        return [row for row in rows if holds(row)]

    def rows(self, resource: Resource, attachment: Attachment, subject: Subject) -> list[RawRow]:
        found = self.rows_at_any_time(resource, attachment, subject)
        return self.on_the_day(resource, found, subject.as_of)

    def rows_at_any_time(self, resource: Resource, attachment: Attachment, subject: Subject) -> list[RawRow]:
        names = self.names(subject)
        subjects = [self.pseudonyms.subject(subject.entity.name, key) for _, key in names or ()]
        if names is None or ("protection" in resource.guards and self.protected & set(subjects)):
            raise failed("MANUAL_CHECK")
        if attachment.via is not None:
            through = self.catalogue.resources[attachment.via.resource]
            item = through.items[attachment.via.item]
            wanted = {self.decoded(record, item.name) for record in self.through(attachment, subject)}
            wanted = {value for value in wanted if not is_blank(value)}
            by = attachment.by[0]
            return [
                row
                for row in self.tables[resource.code]
                if by.codecs[0].decode(row.get(by.columns[0])) in wanted
            ]
        found: list[RawRow] = []
        for kind, value in names:
            known = Subject(subject.entity, subject.entity.keys[kind], value)
            found += [row for row in self.named(resource, attachment, known) if row not in found]
            is_many = attachment.many and not attachment.is_core
            if not is_many and self.on_the_day(resource, found, subject.as_of):
                break
        return found

    def named(self, resource: Resource, attachment: Attachment, subject: Subject) -> list[RawRow]:
        """The rows that hold the one key of a subject."""
        ways = self.ways(subject, attachment)
        kinds = attachment.rows.operand if isinstance(attachment.rows, Compare) else None
        kind_column = (
            attachment.rows.item.removeprefix("column:") if isinstance(attachment.rows, Compare) else ""
        )
        return [
            row
            for row in self.tables[resource.code]
            if (kinds is None or row.get(kind_column) in kinds)
            and any(
                tuple(c.decode(row.get(n)) for c, n in zip(by.codecs, by.columns, strict=True)) == key
                for by, key in ways
            )
        ]

    def reaches(self, subject: Subject, attachment: Attachment, *, usable: bool) -> bool:
        """Whether the subject's key, or one that an alias may lead to, is one that rows hold."""
        keys = [subject.entity.keys[kind] for kind in self.kinds(subject, usable=usable)]
        return any(
            leads(known, subject.entity.keys[by.key]) for by in attachment.by if by.key for known in keys
        )

    def ways(self, subject: Subject, attachment: Attachment) -> list[tuple[Any, tuple[Any, ...]]]:
        ways = []
        for by in attachment.by:
            key = subject.entity.keys[by.key]
            if key.name == subject.key.name:
                ways.append((by, subject.value))
            elif key.slice and key.slice.key == subject.key.name:
                ways.append((by, (subject.value[0][key.slice.start : key.slice.stop],)))
        return ways

    def sorted(self, records: list[Record], order: list[tuple[str, str]], resource: Resource) -> list[Record]:
        def compare(left: Record, right: Record) -> int:
            for name, direction in order:
                a, b = self.comparable(left, name), self.comparable(right, name)
                if a != b:
                    if a is None or b is None:
                        return 1 if a is None else -1
                    return (1 if a > b else -1) * (-1 if direction == "DESC" else 1)
            for column in resource.identity:
                codec = resource.columns[column]
                a, b = (codec.decode(one.raw.get(column)) for one in (left, right))
                a, b = (None if isinstance(one, Invalid) else one for one in (a, b))
                if a != b:
                    return (1 if a is None else -1) if a is None or b is None else 1 if a > b else -1
            return 0

        return sorted(records, key=cmp_to_key(compare))

    def comparable(self, record: Record, name: str) -> Any:
        value = self.decoded(record, name)
        return None if isinstance(value, Invalid) else value

    def decoded(self, record: Record, name: str) -> Any:
        item = record.resource.items[name]
        return item.codec.decode(record.raw.get(item.column or ""))

    def verdict(self, resource: Resource, item: Item, right: Right) -> str:
        return decide(self.caller, self.policy, resource, item, right, self.today).kind

    def item_denial(self, resource: Resource, item: Item, aspect: str) -> str:
        right: Right = "use" if aspect == "link" else "show"
        verdict = decide(self.caller, self.policy, resource, item, right, self.today)
        if verdict.kind == "ALLOW" or (verdict.kind == "MASK" and aspect == "masked"):
            return ""
        return verdict.code

    def must(self, resource: Resource, item: Item, right: Right) -> None:
        verdict = decide(self.caller, self.policy, resource, item, right, self.today)
        if verdict.kind != "ALLOW":
            raise failed(verdict.code)


def leads(known: Key, wanted: Key) -> bool:
    return known.name == wanted.name or (wanted.slice is not None and wanted.slice.key == known.name)


def is_key(parts: tuple[Any, ...]) -> bool:
    """Whether every part is there and was read."""
    return not any(part in (None, "") or isinstance(part, Invalid) for part in parts)


def note(subject: Subject, path: tuple[str, ...], *states: str) -> None:
    below = ".".join(path[len(subject.path) :])
    subject.states.update(dict.fromkeys((below, state) for state in states))


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def failed(code: str, message: str = "") -> GraphQLError:
    """What is said in other words is another error."""
    return GraphQLError(message or code, extensions={"code": code})


def code_of(error: GraphQLError) -> str:
    return str((error.extensions or {}).get("code"))


def selected(info: GraphQLResolveInfo[Any], nodes: Any) -> list[tuple[str, FieldNode]]:
    """The fields below some nodes, `__typename` left out, and what is skipped."""
    return [(name, node) for name, node in asked(info, nodes) if name != "__typename"]


def names_in(info: GraphQLResolveInfo[Any], nodes: Any) -> list[str]:
    """Their names, and `__typename`."""
    return [name for name, _ in asked(info, nodes)]


def asked(info: GraphQLResolveInfo[Any], nodes: Any) -> list[tuple[str, FieldNode]]:
    """The fields below some nodes, what is skipped left out."""
    found: list[tuple[str, FieldNode]] = []

    def walk(selections: Any) -> None:
        for node in selections:
            if isinstance(node, FieldNode):
                if not node.directives:
                    found.append((node.name.value, node))
            elif isinstance(node, InlineFragmentNode):
                walk(node.selection_set.selections)
            elif isinstance(node, FragmentSpreadNode):
                fragment = info.fragments[node.name.value]
                assert isinstance(fragment, FragmentDefinitionNode)
                walk(fragment.selection_set.selections)

    for node in nodes:
        if node.selection_set:
            walk(node.selection_set.selections)
    return found


def merged(info: GraphQLResolveInfo[Any], nodes: Any) -> list[tuple[str, list[FieldNode]]]:
    """The same, those together that answer under one name."""
    found: dict[str, list[FieldNode]] = {}
    for _, node in selected(info, nodes):
        found.setdefault((node.alias or node.name).value, []).append(node)
    return [(same[0].name.value, same) for same in found.values()]

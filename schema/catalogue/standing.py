"""What stands of a city where something it names is not there: the rest of a list, and the other ways."""

from dataclasses import replace

from schema.catalogue import model
from schema.catalogue.check_attachments import check_via
from schema.catalogue.check_keys import check_via_type
from schema.catalogue.compile_resources import digest
from schema.catalogue.declarations import ThemeDeclaration
from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.scope import Scope


def standing_city(declared: Declarations, scope: Scope) -> Declarations:
    """Let the city promote, and themes hold, only what is there."""
    themes = [_theme(one, scope) for one in declared.themes]
    kept = [one for one in themes if one.value.resources or one.value.items]
    return replace(declared, city=_city(declared.city, scope), themes=kept)


def standing_resource(resource: model.Resource, one: Declared, scope: Scope) -> model.Resource:
    """A resource without the places that lead through what is not there."""
    gone = {
        position
        for position, attachment in enumerate(one.value.attach)
        if attachment.via is not None and not _leads(one, position, scope)
    }
    if not gone:
        return resource
    kept = tuple(place for position, place in enumerate(resource.attachments) if position not in gone)
    return replace(resource, attachments=kept, version=digest(resource.version, *map(str, sorted(gone))))


def _leads(one: Declared, position: int, scope: Scope) -> bool:
    return not any(check_via(one, position, scope)) and not any(check_via_type(one, position, scope))


def _city(city: Declared | None, scope: Scope) -> Declared | None:
    if city is None:
        return None
    promoted = {
        entity: [code for code in codes if scope.is_on(code, entity)]
        for entity, codes in city.value.promoted.items()
        if entity in scope.entities
    }
    return Declared(city.file, city.value.model_copy(update={"promoted": promoted}), "")


def _theme(theme: Declared, scope: Scope) -> Declared:
    value: ThemeDeclaration = theme.value
    standing = {
        "resources": [code for code in value.resources if code in scope.resources],
        "items": [name for name in value.items if scope.has_item(name)],
    }
    return Declared(theme.file, value.model_copy(update=standing), theme.folder)

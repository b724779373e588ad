"""Rules of validation: the specification's as graphql-core has them, and what those leave out."""

from typing import Any, Final

from graphql import (
    GraphQLError,
    NonNullTypeNode,
    OperationDefinitionNode,
    get_named_type,
    is_input_object_type,
    specified_rules,
)
from graphql.validation import ValidationRule


class OneOfVariablesRule(ValidationRule):
    """A variable in a field of a @oneOf input object is of a type without null (specification, 5.8.5).

    graphql-core 3.3.2 looks only where the object itself may be null, as no key of an entity may.
    """

    def leave_operation_definition(self, operation: OperationDefinitionNode, *_: Any) -> None:
        """Look at every variable that the operation uses."""
        nullable = {
            one.variable.name.value: one
            for one in operation.variable_definitions or ()
            if not isinstance(one.type, NonNullTypeNode)
        }
        for usage in self.context.get_recursive_variable_usages(operation):
            definition, object_ = nullable.get(usage.node.name.value), get_named_type(usage.parent_type)
            if definition is None or not is_input_object_type(object_) or not object_.is_one_of:
                continue
            is_whole_object = get_named_type(usage.type) is object_  # one in a list of them
            if object_ is not usage.parent_type and not is_whole_object:
                self.report_error(
                    GraphQLError(
                        f"Variable '${usage.node.name.value}' must be non-nullable to be used for OneOf"
                        f" Input Object '{object_}'.",
                        [definition, usage.node],
                    )
                )


RULES: Final = (*specified_rules, OneOfVariablesRule)

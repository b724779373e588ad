"""Stories that are about who asks."""

from generator.personas.names import FLEET, SHOP, ZHANG
from generator.personas.persona import Persona

CALLERS = (
    Persona(
        who="the filing agent",
        identifier=f"{FLEET}, {SHOP}",
        odd="mandated by the one enterprise and not by the other",
        query=f'{{ mine: enterprise(uscc: "{FLEET}") {{ taxArrears {{ arrears taxPaid }} }}'
        f' other: enterprise(uscc: "{SHOP}") {{ name taxArrears {{ arrears }} }} }}',
        key="demo-agent",
        answer={
            "mine": {"taxArrears": {"arrears": "0.00", "taxPaid": "2345678.90"}},
            "other": {"name": "重庆渝北示范商贸有限公司", "taxArrears": None},
        },
        errors=("DENIED",),
    ),
    Persona(
        who="the clinic",
        identifier=ZHANG,
        odd="what is known of a patient's health takes the patient's consent, whatever the purpose",
        query=f'{{ person(id: "{ZHANG}") {{ health {{ healthRecord {{ bloodType allergies }} }} }} }}',
        key="demo-hospital",
        purpose="TREATMENT",
        answer={"person": {"health": {"healthRecord": None}}},
        errors=("CONSENT_REQUIRED",),
    ),
    Persona(
        who="a passer-by",
        identifier=SHOP,
        odd="sees credit grades in the open graph where they are A, and nothing of the others",
        query=f'{{ good: enterprise(uscc: "{FLEET}") {{ taxpayer {{ creditGrade }} }} other: enterprise(uscc: "{SHOP}") {{ taxpayer {{ creditGrade }} }} }}',
        key="",
        answer={"good": {"taxpayer": {"creditGrade": "A"}}, "other": {"taxpayer": None}},
        errors=("DENIED",),
    ),
)

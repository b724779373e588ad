"""What each demo key may show of each resource, written by hand; verdicts as the gateway computes them.

-        nothing
*        everything
2        items up to level 2
2~       items up to level 2; above it links are followed, and text is masked where it has a mask
{a,b}    these items
?...     the same, with the subject's consent; `1+?{a}` and the like join two of them
"""

from dataclasses import replace
from datetime import date

import pytest

from connectors.registry import find_kinds
from gateway.identity.identify import Identify, anonymous
from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from schema.catalogue.read import read_catalogue
from schema.policy.caller import Caller
from schema.policy.decide import Verdict, decide
from schema.policy.read import read_policy
from tests.examples.demo import CITY

CATALOGUE = read_catalogue(CITY / "catalogue", find_kinds(), {}).catalogue
POLICY, PROBLEMS = read_policy(CITY / "catalogue", CATALOGUE)
TODAY = date(2026, 11, 23)
KEYS = ("public", "transport", "bank", "hospital", "steward", "civil", "citizen", "agent", "admin", "hall")

TABLE = """
resource                            public transport bank hospital steward civil citizen agent admin hall
publicSecurity.household            - 2~ - - - {name,status} * - - *
publicSecurity.residencePermit      - - - - - - * - - -
civilAffairs.marriage               - - - - - * * - - -
health.birthCertificate             - - - - - - * - - -
civilAffairs.death                  - - - - - * * - - -
publicSecurity.verification         - 2 - - - 2 - - - 2
marketRegulation.company            1 * 1+?{legalRepresentativeName} 1 1 2 1+{legalRepresentative} * 1 2+{legalRepresentative}
marketRegulation.change             - * - - - * - * - *
marketRegulation.shareholder        - - - - - - - * - -
marketRegulation.abnormalListing    * * * * * * * * * *
marketRegulation.soleTrader         - 2 - - - 2 * * - 2
civilAffairs.society                1 * 1 1 1 * 1 1 1 *
bigData.organ                       * * * * * * * * * *
justice.lawFirm                     * * * * * * * * * *
planning.division                   * * * * * * * * * *
planning.address                    - - - - - - - - - *
planning.realEstate                 - - - - - - * * - *
bigData.certificateIndex            - - - - - - * * - *
marketRegulation.businessLicence    - * - - - * - * - *
publicSecurity.idCardStatus         - - - - - - * - - -
transport.transportLicence          * * * * * * * * * *
transport.transportCertificate      - * - - - * - * - *
transport.qualification             - 2~ - - - - * - - -
publicSecurity.vehicle              - 2~ - - - - - - - -
publicSecurity.drivingLicence       - * - - - - * - - -
humanResources.personInsurance      - - - - - - * - - -
humanResources.enterpriseInsurance  - {insuredCount,paidThrough,hasArrears} ?{hasArrears} - - - - * - -
humanResources.employment           - - - - - - * - - -
humanResources.skillCertificate     - * - - - * * - - *
civilAffairs.assistance             - - - - - * * - - -
disability.disabilityCertificate    - - - - - {category,level} * - - -
education.enrolment                 - - - - - - * - - -
education.degree                    - - - - - - * - - -
health.practitioner                 * * * * * * * * * *
health.institution                  * * * * * * * * * *
health.healthRecord                 - - - ?* - - * - - -
medicalInsurance.entitlement        - - - ?* - - * - - -
tax.taxpayer                        * * ?* - - * - * - *
tax.taxPayment                      - {hasArrears} ?{hasArrears,taxBand} - - - - * - -
credit.permit                       * * * * * * * * * *
credit.penalty                      * * * * * * * * * *
housing.sale                        - - - - - - * * - -
housingFund.deposit                 - - - - - - * - - -
ecology.dischargePermit             * * * * * * * * * *
emergency.hazard                    - - - - - - - * - *
cityManagement.bridge               - * - - - * - * - *
agriculture.collective              - * - - - * - * - *
agriculture.landContract            - - - - - - * - - -
publicSecurity.compulsoryInsurance  - 2~ - - - - - - - -
publicSecurity.idCorrection         - * - - - - - - - -
marketRegulation.formerNumber       - * - - - - - * - -
marketRegulation.merger             - * - - - - - * - -
marketRegulation.registration       1 * 1 1 1 * 1 * 1 *
planning.divisionChange             * * * * * * * * * *
"""


def caller_of(key: str) -> Caller:
    if key == "public":
        return anonymous()
    headers = {"authorization": f"Bearer demo-{key}"}
    return Identify(POLICY)(headers | ({"jutong-purpose": "TREATMENT"} if key == "hospital" else {}))


def verdict_of(caller: Caller, resource: Resource, item: Item) -> Verdict:
    """A link is followed, which uses the item; everything else is shown."""
    return decide(caller, POLICY, resource, item, "use" if item.link else "show", TODAY)


def word_of(verdict: Verdict) -> str:
    if verdict.kind == "DENY":
        return "consent" if verdict.code == "CONSENT_REQUIRED" else "-"
    return "mask" if verdict.kind == "MASK" else "show"


def expected(cell: str, item: Item) -> str:
    for one in cell.split("+"):
        part = one.removeprefix("?")
        word = "show" if part == one else "consent"
        if part == "*" or (part[0] == "{" and item.name in part.strip("{}").split(",")):
            return word
        if part[0].isdigit():
            if item.level <= int(part[0]) or (part.endswith("~") and item.link):
                return word
            if part.endswith("~") and item.mask:
                return "mask"
    return "-"


def rows() -> dict[str, dict[str, str]]:
    head, *lines = (line.split() for line in TABLE.strip().splitlines())
    assert tuple(head[1:]) == KEYS
    return {code: dict(zip(KEYS, cells, strict=True)) for code, *cells in lines}


@pytest.mark.parametrize("key", KEYS)
def test_a_key_shows_what_the_table_says(key: str) -> None:
    caller = caller_of(key)
    found = {
        f"{resource.code}.{item.name}": word_of(verdict_of(caller, resource, item))
        for resource in CATALOGUE.resources.values()
        for item in resource.items.values()
    }
    cells = rows()
    assert found == {
        f"{resource.code}.{item.name}": expected(cells[resource.code][key], item)
        for resource in CATALOGUE.resources.values()
        for item in resource.items.values()
    }


def test_the_table_names_every_key_of_the_demo() -> None:
    assert not PROBLEMS
    assert set(POLICY.applications) == {f"demo-{key}" for key in KEYS}


@pytest.mark.parametrize("key", ["steward", "admin"])
def test_stewards_see_no_item_of_a_person_that_is_not_public(key: str) -> None:
    caller = caller_of(key)
    shown = {
        resource.code
        for resource in CATALOGUE.resources.values()
        if resource.is_personal
        for item in resource.items.values()
        if verdict_of(caller, resource, item).kind != "DENY"
    }
    assert shown == {"health.practitioner"}  # a public register


def test_a_conditional_personal_item_needs_operator_and_case() -> None:
    resource = CATALOGUE.resources["publicSecurity.drivingLicence"]
    desk = caller_of("transport")
    verdicts = [
        verdict_of(one, resource, resource.items["validTo"])
        for one in (replace(desk, operator=None), replace(desk, case=None), replace(desk, purpose=None))
    ]
    assert [(v.kind, v.rule) for v in verdicts] == [
        ("DENY", "OPERATOR_REQUIRED"),
        ("DENY", "CASE_REQUIRED"),
        ("DENY", "GRANT_REQUIRED"),
    ]

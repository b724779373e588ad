"""The table of the demo's 48 resources, written by hand.

    number department.resource | places | sharing | open | cycle | items

Places: `Entity.field:keys` (`Entity!` for core). Sharing: un, co. Open: un, co, no, A (grade A only).
Items: `name level`; those after `+` are the demo's own, besides the named ones. An item that is the
key of its entity stands as `=name`. Names that differ from the table's are said in `RENAMED`.
"""

RENAMED = {
    "7 address": "registeredAddress: the core items of Enterprise are flat, and Q3 says so",
    "7 status": "registrationStatus: Q1 says so",
    "12 法定代表人": "legalRepresentativeName, as in 7",
}

TABLE = """
1 publicSecurity.household | Person!:citizenId | co | no | daily | =citizenId name2 formerName2 sex1 ethnicity2 birthDate2 registeredAddress3 registeredDivision2 isHead2 relationToHead2 status2 + division2
2 publicSecurity.residencePermit | Person.residencePermits:citizenId | co | no | daily | residencePermitNo2 residenceAddress3 issuedOn2 validTo2
3 civilAffairs.marriage | Person.marriages:citizenId,citizenId | co | no | daily | certificateNo3 registrationType3 registeredOn3 husbandId3 wifeId3 maritalStatus3 + husband3 wife3
4 health.birthCertificate | Person.birthCertificates:citizenId,citizenId,citizenId | co | no | daily | birthCertNo4 infantName4 motherId4 fatherId4 birthPlace4
5 civilAffairs.death | Person.death:citizenId | co | no | daily | diedOn2 crematedOn2 deathCertNo2
6 publicSecurity.verification | Person.verify:citizenId | un | no | realtime | match2 + registeredName3
7 marketRegulation.company | Enterprise!:uscc,orgCode,registrationNo Person.legalRepresentativeOf:citizenId Enterprise.legalRepresentativeOf:uscc | un | un | realtime | =uscc =registrationNo name1 entityType1 legalRepresentativeName2 legalRepresentative3 registeredCapital1 establishedOn1 registeredAddress1 businessScope1 authority1 registrationStatus1 approvedOn1 + division1 enterprise1
8 marketRegulation.change | Enterprise.changes:uscc | un | co | daily | item1 before2 after2 changedOn1
9 marketRegulation.shareholder | Enterprise.shareholders:uscc Person.shareholdings:citizenId Enterprise.shareholdings:uscc | co | no | daily | shareholder2 idKind2 idNo3 subscribed3 ratio2 + holder3 enterprise1
10 marketRegulation.abnormalListing | Enterprise.abnormalListings:uscc | un | un | daily | reason1 listedOn1 removedOn1 authority1
11 marketRegulation.soleTrader | Enterprise.soleTrader:uscc Person.soleTraders:citizenId | un | co | daily | tradeName1 operatorName2 premises1 + operator3
12 civilAffairs.society | Enterprise!:uscc | un | un | daily | certNo1 supervisor1 legalRepresentativeName2 validTo1 + name1
13 bigData.organ | Enterprise!:uscc | un | un | monthly | name1 sponsor1 scope1
14 justice.lawFirm | Enterprise.lawFirm:uscc | un | un | monthly | licenceNo1 status1
15 planning.division | Place.divisions:code,managementArea | un | un | yearly | code1 name1 parent1 boundary1 validFrom1 validTo1 + managementArea1
16 planning.address | Place.address:code | co | no | weekly | addressCode1 fullAddress3 lon3 lat3
17 planning.realEstate | Person.realEstate:citizenId Enterprise.realEstate:uscc Place.realEstate:code | co | no | daily | titleNo3 location3 use3 area3 mortgaged3 seized3 + address3 person3 enterprise3
18 bigData.certificateIndex | Certificate.index:number Person.certificates:citizenId Enterprise.certificates:uscc Place.certificates:code | co | no | realtime | certificateOid2 type2 number2 issuer2 holderId3 issuedOn2 validFrom2 validTo2 status2 + certificate2 holder3 premises2
19 marketRegulation.businessLicence | Enterprise.businessLicence:uscc | un | co | realtime | certificateOid1 type1 number1 issuer1 holderId1 issuedOn1 validFrom1 validTo1 status1 fileUrl1
20 publicSecurity.idCardStatus | Person.idCardStatus:citizenId | co | no | daily | issuer2 validTo2 reportedLost2
21 transport.transportLicence | Enterprise.transportLicences:uscc | un | un | daily | licenceNo1 scope1 issuedOn1 validTo1 status1 + registeredAddress1
22 transport.transportCertificate | Vehicle.transportCertificate:plate Enterprise.operatedVehicles:uscc | un | co | daily | transportCertNo1 operatorUscc1 plateNo2 vehicleType1 tonnageOrSeats1 annualReviewTo1 + operator1
23 transport.qualification | Person.qualifications:citizenId Enterprise.qualifiedDrivers:uscc | co | no | daily | qualificationNo2 category2 validTo2 integrityGrade2 + holder3 employer2
24 publicSecurity.vehicle | Vehicle.registration:plate | co | no | realtime | plateKind2 vin2 ownerId3 use2 inspectionTo2 scrapBy2 status2 + owner3
25 publicSecurity.drivingLicence | Person.drivingLicence:citizenId | co | no | realtime | classes2 validTo2 points2 status2
26 humanResources.personInsurance | Person.insurances:citizenId | co | no | daily | insuranceType3 employerUscc3 status3 paidThrough3 months3 + employer3
27 humanResources.enterpriseInsurance | Enterprise.socialInsurance:uscc | co | no | monthly | insuredCount1 paidThrough1 base3 arrears3 hasArrears1
28 humanResources.employment | Person.employments:citizenId | co | no | daily | registeredOn2 status2
29 humanResources.skillCertificate | Person.skillCertificates:citizenId | un | co | monthly | certNo2 occupation2 level2
30 civilAffairs.assistance | Person.assistance:citizenId | co | no | monthly | category3 grade3 month3 amount3 payer3
31 disability.disabilityCertificate | Person.disabilityCertificate:citizenId | co | no | daily | category4 level4 guardianName4 issuedOn4
32 education.enrolment | Person.enrolments:citizenId | co | no | other | studentNo4 school4 grade4 status4
33 education.degree | Person.degrees:citizenId | co | no | yearly | institution2 major2 degreeLevel2 certNo2
34 health.practitioner | Person.practices:citizenId | un | un | monthly | category2 scope2 institution2 + certificateNo2
35 health.institution | Enterprise.medicalInstitution:uscc Place.medicalInstitutions:code | un | un | monthly | name1 tier1 departments1 division1 + lon1 lat1
36 health.healthRecord | Person.healthRecord:citizenId | co | no | daily | bloodType4 allergies4 chronicDiseases4 lastEncounters4
37 medicalInsurance.entitlement | Person.entitlements:citizenId | co | no | daily | scheme3 poolingArea3 status3 balance3
38 tax.taxpayer | Enterprise.taxpayer:uscc | un | A | monthly | status1 creditGrade1 year1
39 tax.taxPayment | Enterprise.taxArrears:uscc | co | co | monthly | arrears3 hasArrears1 taxPaid3 taxBand1
40 credit.permit | Enterprise.permits:uscc,uscc,orgCode,registrationNo | un | un | daily | decisionNo1 content1 decidedOn1 validTo1 authority1 status1
41 credit.penalty | Enterprise.penalties:uscc,uscc,orgCode,registrationNo | un | un | daily | decisionNo1 fact1 basis1 result1 decidedOn1 + authority1
42 housing.sale | Person.housingSales:citizenId Enterprise.housingSales:uscc | co | co | daily | contractNo2 location3 area2 filedOn2
43 housingFund.deposit | Person.deposits:citizenId | co | no | daily | employerUscc3 monthlyDeposit3 paidThrough3 balance3 + employer3
44 ecology.dischargePermit | Enterprise.dischargePermits:uscc | un | un | monthly | permitNo1 outlets1 validTo1 + kind1
45 emergency.hazard | Enterprise.hazards:uscc Place.hazards:code | co | no | daily | level1 location1 responsible2 monitorStatus1 + hazardNo1 lon1 lat1 enterprise1
46 cityManagement.bridge | Place.bridges:code,code,managementArea Enterprise.maintainedStructures:uscc | un | co | realtime | name1 kind1 sensors1 reading1 observedAt1 threshold1 maintainerUscc1 + maintainer1 ageSeconds1 isStale1 lon1 lat1
47 agriculture.collective | Enterprise.collective:uscc | un | co | monthly | name1 tier1 members1
48 publicSecurity.compulsoryInsurance | Vehicle.compulsoryInsurance:plate | co | no | daily | policyNo2 insurer2 validFrom2 validTo2 holderId3
"""

HISTORY = """
49 publicSecurity.idCorrection | Person.idCorrections:citizenId,citizenId | co | no | daily | formerId3 currentId3 reason2 correctedOn2
50 marketRegulation.formerNumber | Enterprise.formerNumbers:uscc,registrationNo | co | no | yearly | number1 code1
51 marketRegulation.merger | Enterprise.mergers:uscc,uscc | co | no | daily | merged1 into1 mergedOn1
52 marketRegulation.registration | Enterprise.registration:uscc | un | un | daily | name1 legalRepresentativeName2 since1 until1
53 planning.divisionChange | Place.divisionChanges:code,code | un | un | yearly | formerCode1 currentCode1 change1 changedOn1
54 agriculture.landContract | Person.landContracts:citizenId | co | no | yearly | contractNo2 area1 until1
"""
"""The demo's own: registers of aliases, what a company was registered as at any time, and what nobody gathers."""

PROVIDERS = """
publicSecurity 11500000DEM1000153 政法
marketRegulation 11500000DEM100023X -
planning 11500000DEM100031Q 城乡建设
transport 11500000DEM10004XG 交通
humanResources 11500000DEM100058G 组工
civilAffairs 11500000DEM100066B -
education 11500000DEM1000746 -
health 11500000DEM1000821 -
medicalInsurance 11500000DEM100090U -
tax 11500000DEM100103H -
housing 11500000DEM100111C 城乡建设
housingFund 12500000DEM10012X1 -
credit 11500000DEM1001384 -
ecology 11500000DEM100146Y -
emergency 11500000DEM100154R -
cityManagement 11500000DEM100162L 城乡建设
justice 11500000DEM100170F 政法
disability 13500000DEM1001896 -
agriculture 11500000DEM1001977 农业
bigData 11500000DEM10020XP 云长办
"""

NOT_CONNECTED = {"agriculture.landContract"}
"""Listed; what they need is not there yet."""

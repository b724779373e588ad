"""What the first-hour queries answer, written by hand. Dates are ISO, money is text in 元."""

from typing import Any

FLEET = "重庆示范运输集团有限公司"

ANSWERS: dict[str, Any] = {
    "2_network": {
        "person": {
            "name": "张伟",
            "marketRegulation": {
                "legalRepresentativeOf": [
                    {
                        "enterprise": {
                            "name": FLEET,
                            "uscc": "91500000DEM000129B",
                            "permits": [
                                {
                                    "decisionNo": "渝交许〔2022〕12号",
                                    "content": "道路货物运输经营许可",
                                    "validTo": "2027-05-31",
                                }
                            ],
                            "dangerous": [
                                {"decisionNo": "渝交罚〔2024〕3号", "decidedOn": "2024-11-02"},
                                {"decisionNo": "渝交罚〔2020〕2号", "decidedOn": "2020-08-12"},
                            ],
                        }
                    }
                ]
            },
            "_states": [
                {"field": "name", "state": "DATA", "provider": "市公安局 — Public Security"},
                {
                    "field": "marketRegulation.legalRepresentativeOf",
                    "state": "DATA",
                    "provider": "市市场监管局 — Market Regulation",
                },
            ],
        }
    },
    "dev_1_drivers": {
        "enterprise": {
            "transport": {
                "qualifiedDrivers": [
                    {
                        "qualificationNo": "5000001234",
                        "validTo": "2027-12-31",
                        "holder": {"name": "张伟", "drivingLicence": {"classes": "A2", "points": 3}},
                    },
                    {
                        "qualificationNo": "5000009999",
                        "validTo": "2028-06-30",
                        "holder": {"name": None, "drivingLicence": {"classes": "B2", "points": 0}},
                    },
                ],
                "operatedVehicles": [
                    {"plateNo": "渝DEM001", "vehicleType": "重型半挂牵引车", "annualReviewTo": "2027-03-31"}
                ],
            }
        }
    },
    "dev_2_vehicle": {
        "vehicle": {
            "registration": {
                "plateKind": "大型汽车",
                "ownerIdMasked": "915***********129B",
                "inspectionTo": "2027-06-30",
                "owner": {"name": FLEET, "transportLicences": [{"licenceNo": "500112000129"}]},
            },
            "transportCertificate": {
                "transportCertNo": "500112YZ0001",
                "tonnageOrSeats": "40.0",
                "operator": {"name": FLEET},
            },
            "compulsoryInsurance": {"validTo": "2027-06-30", "holderIdMasked": "915***********129B"},
        }
    },
    "dev_3_many": {
        "persons": [
            {
                "code": "ALIAS_OF",
                "duplicateOf": None,
                "person": {"name": "张伟", "drivingLicence": {"classes": "A2"}},
            },
            {"code": "OK", "duplicateOf": None, "person": {"name": "王芳", "drivingLicence": None}},
            {
                "code": "OK",
                "duplicateOf": None,
                "person": {"name": None, "drivingLicence": {"classes": "B2"}},
            },
            {
                "code": "DUPLICATE_OF",
                "duplicateOf": 0,
                "person": {"name": "张伟", "drivingLicence": {"classes": "A2"}},
            },
            {"code": "MALFORMED", "duplicateOf": None, "person": None},
        ]
    },
    "dev_4_denied": {
        "enterprise": {
            "socialInsurance": {"insuredCount": 3, "arrears": None, "hasArrears": True},
            "taxArrears": {"hasArrears": True},
            "marketRegulation": {"shareholders": None},
        }
    },
    "dev_5_consent": {
        "enterprise": {
            "name": FLEET,
            "penalties": [{"decisionNo": "渝交罚〔2024〕3号", "decidedOn": "2024-11-02"}],
            "taxpayer": None,
            "taxArrears": None,
        }
    },
    "portal_1_hospitals": {
        "place": {
            "planning": {"divisions": [{"name": "渝北区"}]},
            "health": {
                "medicalInstitutions": [
                    {"name": "渝北区示范医院", "tier": "三级甲等", "departments": "内科、外科"}
                ]
            },
        }
    },
    "portal_2_company": {
        "enterprise": {
            "name": FLEET,
            "entityType": "有限责任公司",
            "registrationStatusLabel": "存续 — In operation",
            "registeredCapital": "5000000.00",
            "establishedOn": "2010-05-06",
            "approvedOn": "2018-06-01",
            "division": {"planning": {"divisions": [{"name": "渝北区"}]}},
            "permits": [{"content": "道路货物运输经营许可", "validTo": "2027-05-31", "status": "有效"}],
            "penalties": [{"decisionNo": "渝交罚〔2024〕3号", "result": "罚款"}],
            "transportLicences": [{"scope": "道路普通货物运输", "validTo": "2027-05-31", "status": "有效"}],
            "taxpayer": {"creditGrade": "A", "year": 2025},
            "ecology": {
                "dischargePermits": [
                    {"permitNo": "PW-500112-1", "kind": "排污许可", "outlets": 2, "validTo": "2028-12-31"}
                ]
            },
        }
    },
    "portal_3_doctor": {
        "person": {
            "health": {
                "practices": [
                    {
                        "certificateNo": "110500000DEM001",
                        "category": "临床",
                        "scope": "内科",
                        "institution": "渝北区示范医院",
                    }
                ]
            }
        }
    },
    "steward_1_department": {
        "catalogue": {
            "total": 3,
            "connected": 3,
            "nodes": [
                {
                    "code": "transport.qualification",
                    "title": "从业资格证 — Qualification certificate",
                    "sharing": "conditional",
                    "condition": "行政审批 — Administrative approval",
                    "updateCycle": "daily",
                    "items": [
                        {"name": "qualificationNo", "level": 2},
                        {"name": "category", "level": 2},
                        {"name": "validTo", "level": 2},
                        {"name": "integrityGrade", "level": 2},
                        {"name": "holder", "level": 3},
                        {"name": "employer", "level": 2},
                    ],
                },
                {
                    "code": "transport.transportCertificate",
                    "title": "道路运输证 — Road transport certificate of a vehicle",
                    "sharing": "unconditional",
                    "condition": None,
                    "updateCycle": "daily",
                    "items": [
                        {"name": "transportCertNo", "level": 1},
                        {"name": "operatorUscc", "level": 1},
                        {"name": "vehicleType", "level": 1},
                        {"name": "tonnageOrSeats", "level": 1},
                        {"name": "annualReviewTo", "level": 1},
                        {"name": "operator", "level": 1},
                        {"name": "plateNo", "level": 2},
                    ],
                },
                {
                    "code": "transport.transportLicence",
                    "title": "道路运输经营许可证 — Road transport licence",
                    "sharing": "unconditional",
                    "condition": None,
                    "updateCycle": "daily",
                    "items": [
                        {"name": "licenceNo", "level": 1},
                        {"name": "scope", "level": 1},
                        {"name": "issuedOn", "level": 1},
                        {"name": "validTo", "level": 1},
                        {"name": "status", "level": 1},
                        {"name": "registeredAddress", "level": 1},
                    ],
                },
            ],
        }
    },
    "steward_2_unconnected": {
        "all": {"total": 54, "connected": 53},
        "missing": {
            "total": 1,
            "nodes": [{"code": "agriculture.landContract", "provider": "市农业农村委 — Agriculture"}],
        },
    },
    "citizen_1_mine": {
        "person": {
            "name": "张伟",
            "registeredAddress": "重庆市渝中区解放碑1号",
            "drivingLicence": {"classes": "A2", "points": 3},
            "humanResources": {
                "insurances": [{"insuranceType": "养老", "months": 178, "employer": {"name": FLEET}}],
                "employments": [{"status": "就业", "registeredOn": "2012-03-01"}],
            },
            "medicalInsurance": {
                "entitlements": [
                    {"scheme": "大额医疗", "status": "正常", "balance": None},
                    {"scheme": "职工医保", "status": "正常", "balance": "1284.50"},
                ]
            },
            "housingFund": {
                "deposits": [
                    {
                        "monthlyDeposit": "1680.00",
                        "paidThrough": "202610",
                        "balance": "90210.55",
                        "employer": {"name": FLEET},
                    }
                ]
            },
            "planning": {
                "realEstate": [{"use": "住宅", "area": "98.60", "mortgaged": True, "seized": False}]
            },
            "health": {
                "healthRecord": {"bloodType": "O", "allergies": "青霉素"},
                "birthCertificates": [{"infantName": "张小宝"}],
            },
            "education": {
                "degrees": [{"institution": "示范大学", "major": "交通运输", "degreeLevel": "本科"}],
                "enrolments": [],
            },
            "civilAffairs": {
                "marriages": [{"maritalStatusLabel": "初婚 — First marriage", "registeredOn": "2010-05-20"}]
            },
        }
    },
    "citizen_2_enterprise": {
        "enterprise": {
            "name": FLEET,
            "legalRepresentativeName": "张伟",
            "socialInsurance": {"insuredCount": 186, "base": "930000.00", "arrears": "0.00"},
            "taxArrears": {"arrears": "0.00", "taxPaid": "2345678.90"},
            "marketRegulation": {
                "shareholders": [
                    {"shareholder": "张伟", "subscribed": "4000000.00", "ratio": "0.80"},
                    {"shareholder": "重庆渝北示范商贸有限公司", "subscribed": "1000000.00", "ratio": "0.20"},
                ],
                "changes": [
                    {"item": "名称", "changedOn": "2015-03-01"},
                    {"item": "法定代表人", "changedOn": "2018-06-01"},
                ],
                "businessLicence": {
                    "number": "91500000DEM000129B",
                    "fileUrl": "/ofd/91500000DEM000129B",
                },
            },
            "emergency": {"hazards": [{"level": "四级", "monitorStatus": "正常"}]},
            "planning": {"realEstate": [{"use": "仓储", "area": "12800.00"}]},
        }
    },
}

ERRORS: dict[str, dict[str, str]] = {
    "dev_4_denied": {
        "enterprise.socialInsurance.arrears": "DENIED",
        "enterprise.marketRegulation.shareholders": "DENIED",
    },
    "dev_5_consent": {
        "enterprise.taxpayer": "CONSENT_REQUIRED",
        "enterprise.taxArrears": "CONSENT_REQUIRED",
    },
}

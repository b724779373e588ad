"""Enterprises with a story."""

from generator.personas.filings import insured, licence_of, penalised, registered, represented, taxed
from generator.personas.names import COOPERATIVE, FLEET, FOREIGN, LI, MERGED, SHOP, ZHANG
from generator.personas.persona import Persona

ENTERPRISES = (
    Persona(
        who="重庆示范运输集团",
        identifier=FLEET,
        odd="changed its name and its representative; its address is one for the company register and "
        "another for transport; one of its penalties is filed under its old organisation code",
        query=f'{{ enterprise(uscc: "{FLEET}") {{ registeredAddress transportLicences {{ registeredAddress }}'
        " marketRegulation { changes { item before after changedOn } } penalties { decisionNo } } }",
        answer={
            "enterprise": {
                "registeredAddress": "重庆市渝北区空港大道9号",
                "transportLicences": [{"registeredAddress": "重庆市渝北区机场路8号"}],
                "marketRegulation": {
                    "changes": [
                        {
                            "item": "名称",
                            "before": "重庆示范运输公司",
                            "after": "重庆示范运输集团有限公司",
                            "changedOn": "2015-03-01",
                        },
                        {
                            "item": "法定代表人",
                            "before": "李秀英",
                            "after": "张伟",
                            "changedOn": "2018-06-01",
                        },
                    ]
                },
                "penalties": [
                    {"decisionNo": "渝交罚〔2017〕1号"},
                    {"decisionNo": "渝交罚〔2020〕2号"},
                    {"decisionNo": "渝交罚〔2024〕3号"},
                ],
            }
        },
        rows=(
            registered(
                FLEET,
                "重庆示范运输集团有限公司",
                "重庆市渝北区空港大道9号",
                ZCH="500000000000129",
                ZCZB_FEN=5_000_000_00,
                HZRQ="2018年6月1日",
                XZQH="500112",
                **represented("1", ZHANG, "张伟"),
            ),
            (
                "market.T_QYBG",
                {
                    "TYSHXYDM": FLEET,
                    "BGSX": "名称",
                    "BGQ": "重庆示范运输公司",
                    "BGH": "重庆示范运输集团有限公司",
                    "BGRQ": "20150301",
                },
            ),
            (
                "market.T_QYBG",
                {"TYSHXYDM": FLEET, "BGSX": "法定代表人", "BGQ": "李秀英", "BGH": "张伟", "BGRQ": "20180601"},
            ),
            (
                "market.T_JYYC",
                {
                    "TYSHXYDM": FLEET,
                    "LRYY": "未按规定公示年度报告",
                    "LRRQ": "2017年7月3日",
                    "YCRQ": "2017年9月18日",
                    "JDJG": "渝北区市场监管局",
                },
            ),
            (
                "market.T_GDCZ",
                {
                    "TYSHXYDM": FLEET,
                    "XH": 1,
                    "GDMC": "张伟",
                    "ZJLX": "1",
                    "ZJHM": ZHANG,
                    "RJCZE_FEN": 4_000_000_00,
                    "CZBL": "0.80",
                },
            ),
            (
                "market.T_GDCZ",
                {
                    "TYSHXYDM": FLEET,
                    "XH": 2,
                    "GDMC": "重庆渝北示范商贸有限公司",
                    "ZJLX": "2",
                    "ZJHM": SHOP,
                    "RJCZE_FEN": 1_000_000_00,
                    "CZBL": "0.20",
                },
            ),
            licence_of(FLEET, "1.2.156.3005.2.DEM.FLEET.1"),
            (
                "certificates.T_DZZZ",
                {
                    "ZZBS": "1.2.156.3005.2.DEM.FLEET.2",
                    "ZZLX": "道路运输经营许可证",
                    "ZZHM": "500112000129",
                    "BFJG": "市交通局",
                    "CZZTLX": "2",
                    "CZZT": FLEET,
                    "BFRQ": "20220601",
                    "YXQQ": "20220601",
                    "YXQZ": "20270531",
                    "ZT": "有效",
                    "DZBM": "5001120010010001",
                },
            ),
            (
                "transport.T_DLYSXKZ",
                {
                    "XKZH": "500112000129",
                    "TYSHXYDM": FLEET,
                    "JYFW": "道路普通货物运输",
                    "HFRQ": "20220601",
                    "YXQZ": "20270531",
                    "ZT": "有效",
                    "DZ": "重庆市渝北区机场路8号",
                },
            ),
            insured(FLEET, 186, 93_000_000, 0),
            *taxed(FLEET, "A", "0.00", "2345678.90"),
            penalised(1, "2017-05-06", dm1=FLEET),
            penalised(2, "2020-08-12", dm1=FLEET),
            penalised(3, "2024-11-02", dm2=FLEET[8:17]),
            (
                "credit.permit",
                {
                    "wsh": "渝交许〔2022〕12号",
                    "nr": "道路货物运输经营许可",
                    "rq": "2022-06-01",
                    "yxq": "2027-05-31",
                    "jg": "市交通局",
                    "zt": "有效",
                    "dm1": FLEET,
                },
            ),
            (
                "ecology.T_PWXK",
                {"XKZBH": "PW-500112-1", "TYSHXYDM": FLEET, "XKLX": "排污许可", "PFK": 2, "YXQZ": "20281231"},
            ),
            (
                "emergency.T_ZDWXY",
                {
                    "WXYBH": "WXY-500112-1",
                    "TYSHXYDM": FLEET,
                    "WXYDJ": "四级",
                    "JWD": "109.3500,29.1000",
                    "ZRR": "张伟",
                    "JCZT": "正常",
                    "QH": "500112",
                    "JD": 109.35,
                    "WD": 29.1,
                },
            ),
            (
                "planning.T_BDC",
                {
                    "BDCDYH": "500112001001GB00001F00020001",
                    "BDCQZH": "渝（2012）渝北区不动产权第000000129号",
                    "QLRDM": FLEET,
                    "ZL": "重庆市渝北区空港大道9号",
                    "YT": "仓储",
                    "MJ": "12800.00",
                    "DY": "0",
                    "CF": "0",
                    "DZBM": "5001120010010001",
                },
            ),
        ),
    ),
    Persona(
        who="the same, in 2014 and in 2016",
        identifier=FLEET,
        odd="on every day of the past it was registered as something; other registers keep no history and say so",
        query="{ "
        + " ".join(
            f'in{day[:4]}: enterprise(uscc: "{FLEET}", asOf: "{day}") {{ name'
            " marketRegulation { registration { name legalRepresentativeName since until } } }"
            for day in ("2014-12-31", "2016-01-01")
        )
        + f' now: enterprise(uscc: "{FLEET}") {{ marketRegulation {{ registration {{ name legalRepresentativeName }} }} }} }}',
        answer={
            "in2014": {
                "name": None,
                "marketRegulation": {
                    "registration": {
                        "name": "重庆示范运输公司",
                        "legalRepresentativeName": "李秀英",
                        "since": "2005-06-01",
                        "until": "2015-03-01",
                    }
                },
            },
            "in2016": {
                "name": None,
                "marketRegulation": {
                    "registration": {
                        "name": "重庆示范运输集团有限公司",
                        "legalRepresentativeName": "李秀英",
                        "since": "2015-03-01",
                        "until": "2018-06-01",
                    }
                },
            },
            "now": {
                "marketRegulation": {
                    "registration": {
                        "name": "重庆示范运输集团有限公司",
                        "legalRepresentativeName": "张伟",
                    }
                }
            },
        },
        errors=("AS_OF_UNSUPPORTED", "AS_OF_UNSUPPORTED"),
        rows=tuple(
            (
                "market.T_QYYG",
                {"TYSHXYDM": FLEET, "QYMC": name, "FDDBR": who, "QSRQ": since, "JZRQ": until},
            )
            for name, who, since, until in (
                ("重庆示范运输公司", "李秀英", "2005-06-01", "2015-03-01"),
                ("重庆示范运输集团有限公司", "李秀英", "2015-03-01", "2018-06-01"),
                ("重庆示范运输集团有限公司", "张伟", "2018-06-01", None),
            )
        ),
    ),
    Persona(
        who="a company that was merged",
        identifier=MERGED,
        odd=f"went into `{FOREIGN}` in 2022 and is that since; what was filed under its own code is found there",
        query=f'{{ enterprise(uscc: "{MERGED}") {{ uscc name marketRegulation {{ changes {{ item changedOn }} }} }} }}',
        answer={
            "enterprise": {
                "uscc": FOREIGN,
                "name": "重庆渝中示范科技有限公司",
                "marketRegulation": {"changes": [{"item": "住所", "changedOn": "2019-05-06"}]},
            }
        },
        rows=(
            registered(MERGED, "重庆渝中示范软件有限公司", "重庆市渝中区某路5号", DJZT="注销"),
            ("market.T_XSHB", {"BHBF": MERGED, "CXF": FOREIGN, "HBRQ": "2022-04-01"}),
            (
                "market.T_QYBG",
                {
                    "TYSHXYDM": MERGED,
                    "BGSX": "住所",
                    "BGQ": "重庆市渝中区某路4号",
                    "BGH": "重庆市渝中区某路5号",
                    "BGRQ": "20190506",
                },
            ),
        ),
    ),
    Persona(
        who="the same, by its old number",
        identifier="500000000000129",
        odd="the registration number from before 2015, or the organisation code alone, name the enterprise, too",
        query='{ old: enterpriseBy(key: { registrationNo: "500000000000129" })'
        " { uscc name transportLicences { licenceNo } }"
        ' code: enterpriseBy(key: { orgCode: "DEM000129" }) { name penalties { decisionNo } } }',
        answer={
            "old": {
                "uscc": FLEET,
                "name": "重庆示范运输集团有限公司",
                "transportLicences": [{"licenceNo": "500112000129"}],
            },
            "code": {
                "name": "重庆示范运输集团有限公司",
                "penalties": [{"decisionNo": "渝交罚〔2024〕3号"}],
            },
        },
        rows=(("market.T_ZCHDZ", {"ZCH": "500000000000129", "TYSHXYDM": FLEET}),),
    ),
    Persona(
        who="重庆渝北示范商贸",
        identifier=SHOP,
        odd="still on the list of abnormal operation, and represented by an enterprise instead of a person",
        query=f'{{ enterprise(uscc: "{SHOP}") {{ abnormalListings {{ reason listedOn removedOn }}'
        " legalRepresentative { ... on Enterprise { name } } socialInsurance { hasArrears } } }",
        answer={
            "enterprise": {
                "abnormalListings": [
                    {"reason": "通过登记的住所无法联系", "listedOn": "2026-03-18", "removedOn": None}
                ],
                "legalRepresentative": {"name": "重庆示范运输集团有限公司"},
                "socialInsurance": {"hasArrears": True},
            }
        },
        rows=(
            registered(
                SHOP,
                "重庆渝北示范商贸有限公司",
                "重庆市渝北区某路2号",
                ZCZB_FEN=100_000_00,
                **represented("2", FLEET, "示范运输集团"),
            ),
            (
                "market.T_JYYC",
                {
                    "TYSHXYDM": SHOP,
                    "LRYY": "通过登记的住所无法联系",
                    "LRRQ": "2026年3月18日",
                    "YCRQ": "",
                    "JDJG": "渝北区市场监管局",
                },
            ),
            licence_of(SHOP, "1.2.156.3005.2.DEM.SHOP.1"),
            insured(SHOP, 3, 1_500_000, 125_050),
            *taxed(SHOP, "B", "1200.00", "52000.00"),
        ),
    ),
    Persona(
        who="the same, in every dress",
        identifier=f"{SHOP}, {FLEET}",
        odd="days are kept as `20100506` by one table and as `2026年3月18日` by another of the same department, "
        "and as `2024-11-02` by a third register; the capital is kept in 分",
        query=f'{{ shop: enterprise(uscc: "{SHOP}") {{ establishedOn registeredCapital abnormalListings {{ listedOn removedOn }} }}'
        f' fleet: enterprise(uscc: "{FLEET}") {{ penalties(first: 1, orderBy: [{{ decidedOn: DESC }}]) {{ decidedOn }} }} }}',
        answer={
            "shop": {
                "establishedOn": "2010-05-06",
                "registeredCapital": "100000.00",
                "abnormalListings": [{"listedOn": "2026-03-18", "removedOn": None}],
            },
            "fleet": {"penalties": [{"decidedOn": "2024-11-02"}]},
        },
    ),
    Persona(
        who="重庆渝中示范科技",
        identifier=FOREIGN,
        odd="its legal representative has a passport, a kind of identifier that is not followed yet; "
        "its capital is not in the register",
        query=f'{{ enterprise(uscc: "{FOREIGN}") {{ name registeredCapital legalRepresentativeName legalRepresentative {{ ... on Person {{ name }} }} }} }}',
        answer={
            "enterprise": {
                "name": "重庆渝中示范科技有限公司",
                "registeredCapital": None,
                "legalRepresentativeName": "SMITH JOHN",
                "legalRepresentative": None,
            }
        },
        errors=("INVALID_VALUE",),
        rows=(
            registered(
                FOREIGN,
                "重庆渝中示范科技有限公司",
                "重庆市渝中区某路3号",
                QYLX="外商投资企业",
                **represented("3", "P-DEM-7788", "SMITH JOHN"),
            ),
            licence_of(FOREIGN, "1.2.156.3005.2.DEM.FOREIGN.1"),
        ),
    ),
    Persona(
        who="云阳示范柑橘专业合作社",
        identifier=COOPERATIVE,
        odd="a farmers' cooperative, whose code begins with 93",
        query=f'{{ enterprise(uscc: "{COOPERATIVE}") {{ name entityType division {{ planning {{ divisions {{ name }} }} }} }} }}',
        key="",
        answer={
            "enterprise": {
                "name": "云阳示范柑橘专业合作社",
                "entityType": "农民专业合作社",
                "division": {"planning": {"divisions": [{"name": "云阳县"}]}},
            }
        },
        rows=(
            registered(
                COOPERATIVE,
                "云阳示范柑橘专业合作社",
                "重庆市云阳县某村",
                QYLX="农民专业合作社",
                ZCZB_FEN=30_000_00,
                **represented("1", LI, "李秀英"),
            ),
        ),
    ),
)

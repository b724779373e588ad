"""Every table of every department: file, table, columns. `!` marks a column with an index."""

DATABASES: dict[str, dict[str, str]] = {
    "population": {
        "T_HJRK": "GMSFHM! XM CYM XB MZ CSRQ HJDZ HJQH SFHZ YHZGX RYZT",
        "T_JZZ": "JZZBH GMSFHM! JZDZ QFRQ YXQZ",
        "T_SFZZT": "GMSFHM! QFJG YXQZ GS",
        "T_SFZHGZ": "YHM! XHM! GZRQ GZYY",
    },
    "civil": {
        "T_HYDJ": "DJZH DJLX DJRQ NF_SFZ! NVF_SFZ! HYZK",
        "T_SWHH": "ZMBH SFZH! SWRQ HHRQ",
        "T_SHZZ": "TYSHXYDM! MC DJZH ZGDW FDDBR YXQZ",
        "T_DBJZ": "SFZH! DXLB DBDJ FFYF FFJE_FEN FFDW",
    },
    "health": {
        "T_CSZM": "ZMBH XSEXM ET_SFZ! MQ_SFZ! FQ_SFZ! CSD",
        "T_YSZY": "ZSBH SFZH! ZYLB ZYFW ZYDD",
        "T_YLJG": "DJH TYSHXYDM! MC JB ZLKM QH! JD WD",
    },
    "market": {
        "T_QYDJ": "TYSHXYDM! ZZJGDM! ZCH! QYMC DJZT QYLX ZCZB_FEN CLRQ ZS XZQH JYFW DJJG HZRQ"
        " FDDBR_ZJLX FDDBR_ZJHM! FDDBR",
        "T_QYYG": "TYSHXYDM! QYMC FDDBR QSRQ JZRQ",
        "T_ZCHDZ": "ZCH! TYSHXYDM!",
        "T_XSHB": "BHBF! CXF! HBRQ",
        "T_QYBG": "TYSHXYDM! BGSX BGQ BGH BGRQ",
        "T_GDCZ": "TYSHXYDM! XH GDMC ZJLX ZJHM! RJCZE_FEN CZBL",
        "T_JYYC": "TYSHXYDM! LRYY LRRQ YCRQ JDJG",
        "T_GTH": "TYSHXYDM! ZHMC JYZ JYZ_SFZ! JYCS",
        "T_YYZZ": "ZZBS TYSHXYDM! ZZLX ZZHM BFJG BFRQ YXQQ YXQZ ZT WJLJ",
    },
    "planning": {
        "T_XZQH": "BSM QHDM! GLQDM! MC SJQH JX QYRQ FZRQ",
        "T_QHBG": "YDM! XDM! BGLX BGRQ",
        "T_BZDZ": "DZBM! BZDZ JD WD",
        "T_BDC": "BDCDYH BDCQZH QLRZJH! QLRDM! ZL YT MJ DY CF DZBM!",
    },
    "certificates": {
        "T_JGSY": "TYSHXYDM! JGMC JBDW ZZYWFW",
        "T_DZZZ": "ZZBS! ZZLX ZZHM BFJG CZZTLX CZZT! BFRQ YXQQ YXQZ ZT DZBM!",
    },
    "transport": {
        "T_QUALIFICATION": "CERT_NO ID_NO! CATEGORY VALID_TO GRADE ORG_USCC!",
        "T_DLYSXKZ": "XKZH TYSHXYDM! JYFW HFRQ YXQZ ZT DZ",
        "T_DLYSZ": "YSZH CPH! CPYS CLLX DZW NSYXQ YHDM!",
    },
    "employment": {
        "T_JYSYDJ": "SFZH! DJRQ ZT",
        "T_JNZS": "ZSBH SFZH! ZY DJ",
    },
    "housing": {"T_FWJYBA": "HTH MSRZJH! MSRDM! FWZL MJ BARQ"},
    "justice": {"T_LSSWS": "ZYXKZH TYSHXYDM! ZYZT"},
    "ecology": {"T_PWXK": "XKZBH TYSHXYDM! XKLX PFK YXQZ"},
    "emergency": {"T_ZDWXY": "WXYBH TYSHXYDM! WXYDJ JWD ZRR JCZT QH! JD WD"},
    # what the services keep to themselves
    "traffic": {
        "licences": "licenceId idNo! classes validTo points status",
        "vehicles": "plate! colour kind vin use inspectionTo scrapBy status ownerKind ownerId",
        "insurances": "plate! colour policyNo insurer validFrom validTo holderId",
    },
    "insurance": {
        "employers": "code! insured paidThrough baseFen arrearsFen",
        "persons": "idNo! type employer status paidThrough months",
    },
    "tax": {
        "taxpayers": "nsrsbh! zt xydj nd",
        "payments": "nsrsbh! qsye nse",
    },
    "credit": {
        "permit": "wsh nr rq yxq jg zt dm1! dm2! dm3! dm4! dm5!",
        "penalty": "wsh sy yj jg2 rq jg dm1! dm2! dm3! dm4! dm5!",
    },
    "records": {"summaries": "patient! district blood allergies chronic encounters"},
    "medical": {"entitlements": "id! scheme area status balanceFen"},
    "fund": {"accounts": "account person! code unitName monthly paidThrough balance"},
    "education": {
        "enrolments": "studentNo idNo! school grade status",
        "degrees": "certNo idNo! institution major degreeLevel",
    },
    "sensors": {
        "structures": "component! division! area! name kind sensors value at threshold maintainer lon lat"
    },
}


def columns_of(name: str) -> list[str]:
    """The columns of `database.table`."""
    database, table = name.split(".")
    return [column.rstrip("!") for column in DATABASES[database][table].split()]


def indexed(name: str) -> list[str]:
    """Those of them that have an index."""
    database, table = name.split(".")
    return [column.rstrip("!") for column in DATABASES[database][table].split() if column.endswith("!")]

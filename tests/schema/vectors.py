"""Published and made-up identifiers: the only file that may hold more than synthetic ones.

Published: the standard's own examples and codes of organisations. Made-up: citizen ids with
retired, 81 to 83 and 9 prefixes, all with dates of birth before 1890.
"""

PUBLISHED_CITIZEN_IDS = (
    "11010519491231002X",  # the example of GB 11643
    "440524188001010014",  # the example of GB 11643 for a person born in 1880
)
MADE_UP_CITIZEN_IDS = (
    "51022218850101001X",  # Chongqing as it was in Sichuan
    "512221188203040013",  # Wanxian
    "512301187905061017",  # Fuling
    "513521188811112014",  # Qianjiang
    "500110188412120011",  # Wansheng, whose number is another district's today
    "500222188606060011",  # Qijiang, since renumbered
    "810000188001010015",  # Hong Kong residence permit
    "82000018751231101X",  # Macao
    "830000188902280016",  # Taiwan
    "911344187001010018",  # foreign permanent residence
)
SYNTHETIC_CITIZEN_IDS = (
    "500000198502140017",
    "500000195811030029",
    "500000201606010131",
    "500000191909089944",
    "50000019900101018X",
    "500000198808080248",
    "500000194001100350",
    "500000197912310416",
    "500000197812310419",
)
FIFTEEN_TO_EIGHTEEN = {"500000720305021": "50000019720305021X"}

PUBLISHED_CREDIT_CODES = (
    "91350100M000100Y43",
    "9144030071526726XG",
    "91110000802100433B",
    "11500000009275780L",
)
SYNTHETIC_CREDIT_CODES = (
    "91500103DEM000014M",
    "91500112DEM000022H",
    "92500106DEM000030K",
    "93500235DEM000049J",
    "11500000DEM000057T",
    "12500000DEM000065J",
    "51500000DEM000073C",
    "52500107DEM000081E",
    "31500000DEM00009X1",
    "N2500112DEM000102L",
    "81500000DEM000110F",
    "91500000DEM000129B",
)

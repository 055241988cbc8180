"""Places: real cities with some of their postal and area codes, and streets that may well not exist there."""

from dataclasses import dataclass

from leadhouse.simulator.draws import Draws
from leadhouse.simulator.words import phrases


@dataclass(frozen=True)
class City:
    """A city.

    Args:
        name: as the licence files write it.
        county: as the licence files write it.
        postal_codes: separated by blanks.
        area_codes: separated by blanks.
        weight: how many of a state's sites lie there, relative to the others.
    """

    name: str
    county: str
    postal_codes: str
    area_codes: str
    weight: int


CITIES = {
    "NV": (
        City(
            "LAS VEGAS",
            "CLARK",
            "89101 89104 89107 89113 89117 89121 89123 89128 89129 89135 89139 89145 89146 89147 89148",
            "702 725",
            50,
        ),
        City("NORTH LAS VEGAS", "CLARK", "89030 89031 89032 89081 89084 89086", "702", 12),
        City("HENDERSON", "CLARK", "89002 89011 89012 89014 89015 89052 89074", "702", 14),
        City("BOULDER CITY", "CLARK", "89005", "702", 3),
        City("MESQUITE", "CLARK", "89027", "702", 2),
        City("LAUGHLIN", "CLARK", "89029", "702", 1),
        City("RENO", "WASHOE", "89501 89502 89503 89509 89511 89521 89523", "775", 14),
        City("SPARKS", "WASHOE", "89431 89434 89436", "775", 6),
        City("CARSON CITY", "CARSON CITY", "89701 89703 89706", "775", 4),
        City("ELKO", "ELKO", "89801", "775", 2),
        City("SPRING CREEK", "ELKO", "89815", "775", 1),
        City("FALLON", "CHURCHILL", "89406", "775", 1),
        City("FERNLEY", "LYON", "89408", "775", 1),
        City("PAHRUMP", "NYE", "89048 89060", "775", 1),
    ),
    "OK": (
        City(
            "OKLAHOMA CITY",
            "OKLAHOMA",
            "73105 73107 73109 73111 73112 73114 73117 73120 73132 73159 73162",
            "405",
            30,
        ),
        City("TULSA", "TULSA", "74104 74106 74112 74115 74127 74133 74135 74145", "918 539", 22),
        City("NORMAN", "CLEVELAND", "73069 73071 73072", "405", 8),
        City("EDMOND", "OKLAHOMA", "73003 73012 73013 73034", "405", 8),
        City("BROKEN ARROW", "TULSA", "74011 74012 74014", "918", 7),
        City("LAWTON", "COMANCHE", "73501 73505 73507", "580", 5),
        City("YUKON", "CANADIAN", "73099", "405", 4),
        City("MOORE", "CLEVELAND", "73160", "405", 4),
        City("OWASSO", "TULSA", "74055", "918", 3),
        City("BIXBY", "TULSA", "74008", "918", 2),
        City("EL RENO", "CANADIAN", "73036", "405", 2),
        City("ENID", "GARFIELD", "73701 73703", "580", 3),
        City("ELMORE CITY", "GARVIN", "73433", "580", 1),
    ),
    "TX": (
        City(
            "HOUSTON",
            "HARRIS",
            "77004 77017 77021 77036 77039 77055 77071 77083 77088 77095",
            "713 281 832",
            24,
        ),
        City("SAN ANTONIO", "BEXAR", "78201 78207 78210 78227 78228 78240 78247 78251", "210", 14),
        City("DALLAS", "DALLAS", "75208 75211 75216 75217 75224 75228 75232 75243 75249", "214 469 972", 14),
        City("AUSTIN", "TRAVIS", "78702 78723 78744 78745 78748 78753 78758", "512 737", 10),
        City("FORT WORTH", "TARRANT", "76104 76105 76110 76119 76133 76137", "817 682", 9),
        City("EL PASO", "EL PASO", "79907 79912 79924 79936", "915", 7),
        City("CORPUS CHRISTI", "NUECES", "78410 78411 78413 78415", "361", 4),
        City("LUBBOCK", "LUBBOCK", "79404 79412 79414 79424", "806", 3),
        City("KILLEEN", "BELL", "76541 76542 76549", "254", 3),
        City("TEMPLE", "BELL", "76501 76502 76504", "254", 2),
        City("PEARLAND", "BRAZORIA", "77581 77584", "281 832", 2),
        City("PFLUGERVILLE", "TRAVIS", "78660", "512", 2),
        City("THE COLONY", "DENTON", "75056", "972", 1),
        City("DUNCANVILLE", "DALLAS", "75116 75137", "972", 1),
        City("HORIZON CITY", "EL PASO", "79928", "915", 1),
        City("LOS FRESNOS", "CAMERON", "78566", "956", 1),
        City("SWEETWATER", "NOLAN", "79556", "325", 1),
        City("NAVASOTA", "GRIMES", "77868", "936", 1),
    ),
}
"""By state code."""

ELSEWHERE = (
    ("NY", "New York", "Albany", "12205"),
    ("NY", "New York", "Rochester", "14609"),
    ("CA", "California", "Montclair", "91763"),
    ("CA", "California", "Visalia", "93291"),
    ("FL", "Florida", "Orlando", "32803"),
    ("OH", "Ohio", "Dayton", "45402"),
    ("PA", "Pennsylvania", "Erie", "16502"),
    ("WI", "Wisconsin", "Milwaukee", "53210"),
    ("IN", "Indiana", "Hobart", "46342-4210"),
    ("MN", "Minnesota", "Little Falls", "56345"),
    ("LA", "Louisiana", "New Orleans", "70114"),
    ("CO", "Colorado", "Pueblo", "81003"),
    ("MD", "Maryland", "Frederick", "21701"),
    ("AR", "Arkansas", "Fort Smith", "72901"),
    ("WV", "West Virginia", "Spencer", "25276"),
    ("OR", "Oregon", "Baker City", "97814"),
    ("DC", "District of Columbia", "Washington", "20002"),
    ("PR", "Puerto Rico", "Ponce", "00716"),
)
"""Code, name, city and postal code of places outside the three licence states, as leads have them."""

CANADA = (
    ("AB", "Alberta", "Lloydminster", "T9V 1M9"),
    ("BC", "British Columbia", "Kelowna", "V1Y 6N2"),
    ("NL", "Newfoundland", "Gander", "A1V 1K6"),
    ("ON", "Ontario", "Guelph", "N1H 3A1"),
    ("SK", "Saskatchewan", "Moose Jaw", "S6H 4P1"),
)
"""The same for Canada."""

STATE_NAMES = {"NV": "Nevada", "OK": "Oklahoma", "TX": "Texas"}

STREET_NAMES = phrases("""
ALDER, AMBER, APACHE, ASPEN, BABBLING BROOK, BEECHNUT, BIRCHWOOD, BLUEBONNET, BOULDER, BRIARWOOD, BROADWAY,
BUTTERFLY, CACTUS BLOSSOM, CANYON CREEK, CARDINAL, CEDAR, CENTENNIAL, CHARLESTON, CHERRY, CHESTNUT,
CHEYENNE, CHOCTAW, CIMARRON, COLLEGE, CORONADO, COTTONWOOD, COUNTRY CLUB, DECATUR, DEER RUN, DESERT WILLOW,
DOGWOOD, DURANGO, EAGLE POINT, EASTERN, ELM, FAIRFIELD, FALCON, FLAMINGO, FLORENTINE, FOREST OAKS, FOXGLOVE,
FREMONT, GARNETT, GATEWAY, GLENWOOD, GREENBRIAR, HARVARD, HAWTHORNE, HICKORY, HIGHLAND, HILLCREST,
HUNTINGTON, INDIAN SPRINGS, IRONWOOD, JUNIPER, KINGSTON, LAKESHORE, LAMAR, LARKSPUR, LAUREL, LINCOLN,
LINDELL, LONE MOUNTAIN, MAGNOLIA, MAIN, MAPLE, MEADOWLARK, MERIDIAN, MESA VERDE, MILL, MOCKINGBIRD,
MONTEREY, NORTHRIDGE, OAK, ORCHARD, OSAGE, PALOMINO, PEBBLE, PECAN, PHEASANT, PINE, PIONEER, PLAINVIEW,
PRAIRIE, QUAIL HOLLOW, RAINBOW, RANCHO, REDBUD, RIDGEVIEW, RIVERSIDE, ROBINDALE, ROCKWELL, ROSEWOOD,
RUSSELL, SADDLEBACK, SAGEBRUSH, SAHARA, SANTA FE, SHERIDAN, SILVERADO, SNOW TRAIL, SPRINGFIELD, SPRUCE,
STAGECOACH, STONEHOLLOW, SUGAR CREEK, SUMMIT, SUNFLOWER, SYCAMORE, TIMBERLINE, UNIVERSITY, UTICA, VALLEY
VIEW, VALENCIA, VIOLET, WALNUT, WATER, WESTERN, WESTWOOD, WILLOW, WINCHESTER, WINDMILL, YALE
""")

STREET_TYPES = {"ST": 26, "DR": 20, "AVE": 18, "RD": 12, "BLVD": 9, "LN": 5, "CT": 5, "WAY": 3, "PKWY": 2}
LONG_STREET_TYPES = {
    "ST": "STREET",
    "DR": "DRIVE",
    "AVE": "AVENUE",
    "RD": "ROAD",
    "CT": "COURT",
    "PKWY": "PARKWAY",
}


def city(draws: Draws, state: str) -> City:
    """One of the state's cities, the bigger the likelier."""
    return draws.weighted({place: place.weight for place in CITIES[state]})


def street(draws: Draws, directions: str = "N. S. E. W.") -> str:
    """House number, name and type of a street, upper case: ``6200 W. SMOKE RANCH RD``.

    Args:
        draws: chance.
        directions: the forms of directions to choose from, separated by blanks.
    """
    number = draws.between(1, 9) * 10 ** draws.between(2, 3) + draws.below(1000)
    direction = draws.pick(directions.split()) + " " if draws.chance(0.35) else ""
    kind = draws.weighted(STREET_TYPES)
    if draws.chance(0.15):
        kind = LONG_STREET_TYPES.get(kind, kind)
    return f"{number} {direction}{draws.pick(STREET_NAMES)} {kind}"


def misspelt(street_line: str) -> str:
    """The street with one letter missing from its longest word: ``3113 BUDDING BLSSOM CT``."""
    longest = max(street_line.split(), key=len)
    return street_line.replace(longest, longest[:2] + longest[3:], 1)

"""Names of child-care businesses, in mixed case."""

from leadhouse.simulator.draws import Draws
from leadhouse.simulator.people import Person
from leadhouse.simulator.words import phrases, words

ADJECTIVES = words("""
Bright Busy Caring Cozy Creative Curious Gentle Giggling Golden Growing Happy Joyful Kind Little Loving
Merry Playful Precious Rising Shining Sunny Super Sweet Tender Tiny Wiggly Wonder Young
""")
NOUNS = words("""
Acorns Angels Bees Blossoms Buttons Caterpillars Chicks Comets Cubs Ducklings Explorers Fireflies Footprints
Friends Hands Hearts Kites Ladybugs Lambs Learners Lights Minds Otters Owls Pebbles Pumpkins Rainbows Robins
Sparrows Sprouts Stars Steps Thinkers Treasures Tykes Voyagers
""")
KINDS = {
    "Learning Center": 16,
    "Child Care": 10,
    "Daycare": 10,
    "Preschool": 10,
    "Academy": 9,
    "Child Development Center": 8,
    "Early Learning Center": 6,
    "Daycare & Learning Center": 4,
    "Pre-School": 3,
    "Montessori School": 3,
    "Nursery School": 2,
    "Head Start": 2,
}
CONGREGATIONS = words("Calvary Bethel Trinity Grace Cornerstone Emmanuel")
CONFESSIONS = words("Christian Lutheran Methodist Baptist Community")
LEGAL_FORMS = {"": 70, ", LLC": 14, " LLC": 9, " Inc.": 4, " Corp.": 1, " ,LLC": 2}
BRANDS = phrases("""
Birchgate, Desert Lantern, Foundry, Hopscotch, Kinderwood, Maplebrook, Pathways, Petite Colline, Quillwood, Red Wagon,
Silver Sage, Stepstone, Tumbleweed Town, Wellspring
""")
BRANCH_KINDS = phrases("""
Academy, Early Head Start, Fitness Kids, Learning Adventure, Learning Centers, Montessori, Play & Learn Center,
Preschool, Schoolhouse
""")


def home_name(draws: Draws, owner: Person) -> str:
    """A business in somebody's home, often called after her."""
    form = draws.weighted(
        {
            "{0}'s Childcare": 4,
            "{0}'s Little School": 3,
            "Ms. {0}'s Home Daycare": 2,
            "{1} Family Daycare": 3,
            "": 5,
        }
    )
    return (
        form.format(owner.first, owner.last) or f"{draws.pick(ADJECTIVES)} {draws.pick(NOUNS)} Home Daycare"
    )


def center_name(draws: Draws) -> str:
    """A business in rooms of its own."""
    kind = draws.weighted(KINDS)
    form = draws.weighted(
        {
            "{adjective} {noun} {kind}": 70,
            "The {noun} {kind}": 8,
            "Children's {noun} {kind}": 8,
            "{congregation} {confession} {kind}": 14,
        }
    )
    return form.format(
        adjective=draws.pick(ADJECTIVES),
        noun=draws.pick(NOUNS),
        kind=kind,
        congregation=draws.pick(CONGREGATIONS),
        confession=draws.pick(CONFESSIONS),
    )


def brand_name(draws: Draws) -> str:
    """Invent the name of a chain that runs several sites."""
    return f"{draws.pick(BRANDS)} {draws.pick(BRANCH_KINDS)}"


def with_legal_form(draws: Draws, name: str) -> str:
    """The name with the form of its company, where it has one; now and then with the comma on the wrong side."""
    return name + draws.weighted(LEGAL_FORMS)

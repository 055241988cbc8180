"""Invented people: common first and last names combined at random, contact details that are nobody's in particular."""

from dataclasses import dataclass

from leadhouse.simulator.draws import Draws
from leadhouse.simulator.words import words

FIRST_NAMES = words("""
Abigail Adriana Alicia Amber Andrea Angela Anita Ashley Barbara Beatriz Bethany Brenda Bridget Camille Carla
Carmen Cassandra Charlene Cheryl Christina Claudia Crystal Daisy Dana Deborah Denise Diana Donna Ebony Elena
Elizabeth Erica Esther Eva Faith Felicia Gabriela Gail Gloria Grace Hannah Heather Helen Holly Imani Irene
Jacqueline Jamie Janelle Jasmine Jennifer Jessica Joanna Josephine Joyce Juanita Judith Julia Karen
Katherine Keisha Kimberly Kristen Latoya Laura Leah Leticia Linda Lisa Lorena Lucia Lydia Margaret Maria
Marisol Martha Melanie Mei Michelle Monica Nadia Nancy Naomi Natalie Nicole Norma Olga Olivia Pamela
Patricia Paula Priya Rachel Rebecca Regina Rhonda Rosa Ruth Sabrina Samantha Sandra Sarah Shanice Sharon
Silvia Sonia Stacy Stephanie Susan Tamika Tanya Teresa Thuy Tiffany Tina Tracy Valerie Vanessa Veronica
Victoria Wendy Yolanda Yvonne Aaron Adam Andre Anthony Brian Carlos Charles Christopher Daniel David Derek
Edward Eric Frank George Gregory Hector Jacob James Jason Jorge Joseph Kevin Luis Marcus Mark Michael Nathan
Omar Patrick Paul Peter Rafael Raymond Robert Samuel Steven Terrence Thomas Victor William
""")

LAST_NAMES = words("""
Abbott Acosta Adams Aguilar Allen Alvarez Anderson Andrews Arnold Bailey Baker Banks Barnes Bell Bennett
Bishop Black Boyd Bradley Brooks Brown Bryant Burke Burns Butler Campbell Carlson Carpenter Carr Carter
Castillo Castro Chang Chavez Clark Coleman Collins Cook Cooper Cortez Cox Crawford Cruz Cunningham Daniels
Davidson Davis Delgado Diaz Dixon Douglas Duncan Dunn Edwards Elliott Ellis Estrada Evans Ferguson Fields
Fisher Fleming Flores Ford Foster Fox Franklin Freeman Fuller Garcia Gardner Garza Gibson Gomez Gonzalez
Gordon Graham Grant Graves Green Griffin Guerrero Gutierrez Hall Hamilton Hansen Hardy Harper Harris Hart
Hawkins Hayes Henderson Hernandez Herrera Hicks Hill Holland Holmes Hopkins Howard Hudson Hughes Hunt
Jackson Jacobs Jenkins Jensen Jimenez Johnson Jordan Keller Kelly Kennedy Khan Kim King Knight Lambert Lane
Larson Lawrence Lawson Lee Lewis Little Lopez Lowe Lucas Lynch Maldonado Marshall Martin Martinez Mason
Matthews McCoy McDaniel McKinney Medina Mendoza Meyer Miles Miller Mitchell Montgomery Moore Morales Moreno
Morgan Morris Munoz Murphy Murray Myers Navarro Nelson Newman Nguyen Norris Obrien Oliver Olson Ortega Ortiz
Owens Palmer Park Parker Patel Patterson Payne Pena Perez Perkins Perry Peters Phillips Pierce Porter Powell
Price Quinn Ramirez Ramos Reed Reid Reyes Reynolds Rhodes Rice Richards Riley Rios Rivera Robbins Roberts
Robinson Rodriguez Rogers Romero Ross Ruiz Russell Ryan Salazar Sanchez Sanders Santiago Santos Schmidt
Schultz Scott Shaw Silva Simmons Simpson Singh Smith Snyder Soto Spencer Stephens Stewart Stone Sullivan
Sutton Tate Taylor Terry Thomas Thompson Torres Tran Tucker Turner Valdez Vargas Vasquez Vega Wade Wagner
Walker Wallace Walsh Ward Warren Washington Watkins Watson Weaver Webb Wells West Wheeler White Williams
Wilson Wong Wood Wright Yang Young Zimmerman
""")

RESERVED_DOMAINS = ("example.com", "example.org", "example.net")
FREE_MAILERS = {
    "gmail.com": 50,
    "yahoo.com": 22,
    "hotmail.com": 10,
    "outlook.com": 9,
    "aol.com": 6,
    "icloud.com": 3,
}


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    first: str
    last: str

    @property
    def full(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


def person(draws: Draws) -> Person:
    """Anybody."""
    return Person(draws.pick(FIRST_NAMES), draws.pick(LAST_NAMES))


def display_name(draws: Draws, somebody: Person) -> str:
    """The name as a colleague types it: now and then with a title or a suffix."""
    form = draws.weighted({"{}": 190, "{} MD": 2, "{} Jr.": 2, "{} PhD": 2, "Mr. {}": 2, "Mrs. {}": 2})
    return form.format(somebody.full)


def mail_name(draws: Draws, somebody: Person) -> str:
    """The part of an e-mail address before the ``@``."""
    first, last, digits = somebody.first.lower(), somebody.last.lower(), f"{draws.below(100):02d}"
    return draws.pick(
        (
            first + last,
            first[0] + last,
            first + digits,
            last + first,
            f"{first}.{last}",
            f"{first}_{last}{digits}",
        )
    )


def work_email(draws: Draws, somebody: Person) -> str:
    """An address in a domain that is reserved for examples."""
    return f"{mail_name(draws, somebody)}@{draws.pick(RESERVED_DOMAINS)}"


def private_email(draws: Draws, somebody: Person) -> str:
    """An address at a free mailer, with digits so that it is hardly anybody's."""
    return f"{mail_name(draws, somebody)}{draws.between(1000, 9999)}@{draws.weighted(FREE_MAILERS)}"


def phone(draws: Draws, area_codes: str) -> str:
    """Ten digits, possible in the North American plan.

    Args:
        draws: chance.
        area_codes: the codes to choose from, separated by blanks.
    """
    exchange = draws.between(200, 999)
    while exchange % 100 == 11:
        exchange = draws.between(200, 999)
    return f"{draws.pick(area_codes.split())}{exchange}{draws.below(10000):04d}"

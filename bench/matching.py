"""How well and how fast leads are matched: data of known truth, beside Splink and beside "phone or e-mail equal"."""

import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import comb
from pathlib import Path

from bench.measure import MIB, Measured, leadhouse, measure
from leadhouse.config import Settings, load_settings
from leadhouse.warehouse import connect, prepare
from tests.python.running import ROOT, SCRIPTS

TOOLS = next(
    (path for folder in ROOT.parents if (path := folder / "shared" / "tools" / "matching").is_dir()), None
)
"""The generator and the judge, which are not part of the repository; None where they do not lie beside it."""

SEEDS = (105, 106)
"""Those that are reported. Rules and weights, the peers' too, are chosen on seeds 1 to 9."""

MODELS = ("int_lead_match_links", "int_lead_organizations", "int_lead_survivors")
TASKS = ("links", "duplicates", "net-new")
FIGURES = {"f1": "F1", "ece": "calibration error", "sure": "precision where the confidence is 0.9 and more"}
SURE = 0.9
NEW_SHARE = 0.001
POSTGRES_SECONDS = 900
GIB = 1024 * MIB

NewWarehouse = Callable[[str], Settings]
Result = tuple[str, str, Measured]
"""A task, who did it, and what the run took that did it."""

SITE_LINKS = """
    select {columns}
    from intermediate.int_lead_match_links as links
    inner join intermediate.int_leads_unioned as lefts on links.left_lead_key = lefts.lead_key
    inner join intermediate.int_leads_unioned as rights on links.right_lead_key = rights.lead_key
    where links.match_level = 'site' and lefts.source_system = 'salesforce' and rights.source_system {other}
"""
DECISIONS = {
    "links.csv": (
        ("salesforce_id", "source", "source_key", "match_rule", "confidence"),
        SITE_LINKS.format(
            columns="lefts.source_lead_id, rights.source_system, rights.source_lead_id,"
            " links.match_rule, links.confidence",
            other="<> 'salesforce'",
        ),
    ),
    "lead_pairs.csv": (
        ("salesforce_id", "source", "source_key", "match_rule", "confidence"),
        SITE_LINKS.format(
            columns="least(lefts.source_lead_id, rights.source_lead_id), 'salesforce',"
            " greatest(lefts.source_lead_id, rights.source_lead_id),"
            " links.match_rule, links.confidence",
            other="= 'salesforce'",
        ),
    ),
    "clusters.csv": (
        ("salesforce_id", "cluster_id"),
        "select leads.source_lead_id, sites.site_key from intermediate.int_lead_sites as sites"
        " inner join intermediate.int_leads_unioned as leads on sites.lead_key = leads.lead_key"
        " where leads.source_system = 'salesforce'",
    ),
    "net_new.csv": (
        ("source", "source_key"),
        "select leads.source_system, leads.source_lead_id from intermediate.int_lead_survivors as survivors"
        " inner join intermediate.int_leads_unioned as leads on survivors.lead_key = leads.lead_key"
        " where survivors.is_net_new",
    ),
    "organizations.csv": (
        ("source", "source_key", "site_key", "organization_key"),
        "select leads.source_system, leads.source_lead_id, members.site_key, members.organization_key"
        " from intermediate.int_lead_organizations as members"
        " inner join intermediate.int_leads_unioned as leads on members.lead_key = leads.lead_key",
    ),
}
"""What is decided, by file: its header, and the query for its rows."""
COMPARED_AGAIN = """
    select avg(case when batch > 1 then 1.0 else 0.0 end) from intermediate.int_lead_match_pairs
"""


@dataclass(frozen=True)
class Size:
    """How many leads and facilities, and what is to be reached with them.

    Args:
        leads: how many.
        facilities: how many.
        goals: by task and figure.
        seconds: at most; None where only the answers count.
        gib: of memory, at most.
    """

    leads: int
    facilities: int
    goals: Mapping[tuple[str, str], float]
    seconds: float | None = None
    gib: float | None = None


USUAL = Size(
    100_000,
    60_000,
    {
        ("links", "f1"): 0.970,
        ("links", "ece"): 0.02,
        ("links", "sure"): 0.99,
        ("duplicates", "f1"): 0.910,
        ("duplicates", "ece"): 0.02,
        ("duplicates", "sure"): 0.99,
        ("net-new", "f1"): 0.98,
    },
)
MILLION = Size(1_000_000, 500_000, {("links", "f1"): 0.955}, seconds=300, gib=6)
SIZES = {"usual": USUAL, "million": MILLION}


@dataclass(frozen=True)
class Score:
    """How good an answer is.

    Args:
        precision: share of the claimed pairs that are true.
        recall: share of the true pairs that are claimed.
        f1: their harmonic mean.
        ece: expected calibration error of the confidences, if there are any.
        sure: precision of the pairs that are claimed with a confidence of 0.9 and more.
    """

    precision: float
    recall: float
    f1: float
    ece: float | None = None
    sure: float | None = None


def run(new_warehouse: NewWarehouse, folder: Path, size: Size) -> None:
    """Match generated leads with this project and with its peers; at the usual size add 0.1 % of leads then.

    Args:
        new_warehouse: makes the settings of an empty one, given a name.
        folder: for files.
        size: how many leads and facilities.
    """
    for seed in SEEDS if size.seconds is None else SEEDS[:1]:
        data = _generate(folder / str(seed), size, seed)
        answers = folder / f"{seed}-answers"
        settings = new_warehouse(f"matching-{seed}")
        ours = _first_match(settings, data)
        _export(settings, answers / "ours")
        results = [
            *((task, "ours", ours) for task in TASKS),
            *_peers(data, answers, with_naive_duplicates=size.seconds is None),
        ]
        scores = {(task, who): _score(task, data, answers / who) for task, who, _ in results}
        _print_table(results, scores)
        for verdict in _verdicts(size, ours, scores):
            print(verdict, flush=True)
    if size.seconds is None:
        _add_leads(new_warehouse("matching-added"), data, answers, ours)


def compare_engines(duckdb: Settings, postgres: Settings, folder: Path, size: Size) -> None:
    """Match the same leads on both engines and compare every decision."""
    data = _generate(folder / "data", size, SEEDS[0])
    for settings in (duckdb, postgres):
        took = _first_match(settings, data)
        _export(settings, folder / settings.target)
        print(
            f"matching on {settings.target}: {took.seconds:,.0f} s, client {took.peak_bytes / MIB:,.0f} MiB",
            flush=True,
        )
    different = _different(folder / duckdb.target, folder / postgres.target)
    print(f"{_said(not different)} the same decisions on both engines{different}")
    print(
        f"{_said(took.seconds <= POSTGRES_SECONDS)} {took.seconds:,.0f} s on postgres, goal ≤ {POSTGRES_SECONDS}",
        flush=True,
    )


def _tool(name: str) -> Path:
    assert TOOLS
    return TOOLS / name


def _generate(folder: Path, size: Size, seed: int) -> Path:
    """Write files with known truth; as extraction wants them, they lie in ``salesforce/`` and ``facilities/`` too."""
    print(f"{size.leads:,} leads + {size.facilities:,} facilities, seed {seed}", flush=True)
    command = [sys.executable, _tool("generate.py"), folder]
    numbers = ["--leads", size.leads, "--facilities", size.facilities, "--seed", seed]
    subprocess.run([str(part) for part in (*command, *numbers)], check=True, stdout=subprocess.DEVNULL)
    for source, names in (
        ("salesforce", ["salesforce_leads.csv"]),
        ("facilities", [f"source{n}.csv" for n in (1, 2, 3)]),
    ):
        (folder / source).mkdir()
        for name in names:
            (folder / source / name).hardlink_to(folder / name)
    entities = defaultdict(list)
    for row in _rows(folder / "truth_clusters.csv"):
        if row["source"] == "salesforce":
            entities[row["entity_id"]].append(row["key"])
    pairs = (
        (left, "salesforce", right)
        for keys in entities.values()
        for left, right in combinations(sorted(keys), 2)
    )
    _write(folder / "true_lead_pairs.csv", ("salesforce_id", "source", "source_key"), pairs)
    return folder


def _first_match(settings: Settings, data: Path) -> Measured:
    prepare(settings)
    for source in ("salesforce", "facilities"):
        leadhouse(settings, "extract", source, "--files", data / source)
    measure(settings, [SCRIPTS / "dbt", "seed"])
    return _match(settings)


def _match(settings: Settings) -> Measured:
    return measure(settings, [SCRIPTS / "dbt", "run", "--select", *(f"+{model}" for model in MODELS)])


def _export(settings: Settings, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with connect(settings, read_only=True) as connection:
        for name, (header, query) in DECISIONS.items():
            _write(out / name, header, connection.execute(query))


def _peers(data: Path, answers: Path, *, with_naive_duplicates: bool) -> Iterator[Result]:
    """Let the peers link and find duplicates; a facility that they link to no lead is net-new to them."""
    for who, task in product(("splink", "naive"), ("links", "duplicates")):
        if (who, task) == ("naive", "duplicates") and not with_naive_duplicates:
            continue
        out = answers / who
        out.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "bench.matching_peers", who, task, data, out]
        took = measure(load_settings({"LEADHOUSE_HOME": str(answers)}), command)
        yield task, who, took
        if task == "links":
            linked = {(row["source"], row["source_key"]) for row in _rows(out / "links.csv")}
            all_keys = ((row["source"], row["key"]) for row in _rows(data / "truth_clusters.csv"))
            unlinked = (key for key in all_keys if key[0] != "salesforce" and key not in linked)
            _write(out / "net_new.csv", ("source", "source_key"), unlinked)
            yield "net-new", who, took


def _score(task: str, data: Path, answer: Path) -> Score:
    if task == "net-new":
        return _figures(_evaluate("netnew", data / "net_new.csv", answer / "net_new.csv"))
    if task == "links":
        return _score_with_confidence(data / "truth.csv", answer / "links.csv")
    pairs = _score_with_confidence(data / "true_lead_pairs.csv", answer / "lead_pairs.csv")
    if not (answer / "clusters.csv").exists():
        return pairs
    clusters = _score_clusters(data / "truth_clusters.csv", answer / "clusters.csv")
    return replace(clusters, ece=pairs.ece, sure=pairs.sure)


def _score_clusters(truth: Path, answer: Path) -> Score:
    """The figures of the judge's ``clusters``, which takes hours for a hundred thousand leads."""
    entities = {row["key"]: row["entity_id"] for row in _rows(truth) if row["source"] == "salesforce"}
    clusters = {row["salesforce_id"]: row["cluster_id"] for row in _rows(answer)}
    right = _pairs((entities[key], cluster) for key, cluster in clusters.items())
    precision, recall = right / _pairs(clusters.values()), right / _pairs(entities.values())
    return Score(precision, recall, 2 * precision * recall / (precision + recall))


def _pairs(groups: Iterable[object]) -> int:
    return sum(comb(size, 2) for size in Counter(groups).values())


def _score_with_confidence(truth: Path, answer: Path) -> Score:
    told = _evaluate("links", truth, answer)
    if "ece" not in told:
        return _figures(told)
    sure = _evaluate("links", truth, answer, "--min-confidence", SURE)["precision"]
    return replace(_figures(told), ece=told["ece"], sure=sure)


def _figures(told: dict[str, float]) -> Score:
    return Score(told["precision"], told["recall"], told["f1"])


def _evaluate(*arguments: object) -> dict[str, float]:
    command = [sys.executable, _tool("evaluate.py"), *arguments]
    told = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    return dict(json.loads(told))


def _print_table(results: Iterable[Result], scores: dict[tuple[str, str], Score]) -> None:
    """One row per task and matcher; what one run does for several tasks is in the row of each of them."""
    print(
        f"{'':11} {'':7} {'precision':>9} {'recall':>7} {'F1':>7} {'ECE':>7} {'≥ 0.9':>7} {'seconds':>8} {'MiB':>7}"
    )
    for task, who, took in sorted(results, key=lambda result: TASKS.index(result[0])):
        score = scores[task, who]
        figures = (score.recall, score.f1, score.ece, score.sure)
        shown = " ".join(f"{'' if figure is None else format(figure, '.4f'):>7}" for figure in figures)
        print(
            f"{task:11} {who:7} {score.precision:9.4f} {shown} {took.seconds:8,.0f} {took.peak_bytes / MIB:7,.0f}"
        )


def _verdicts(size: Size, ours: Measured, scores: dict[tuple[str, str], Score]) -> Iterator[str]:
    for (task, figure), goal in size.goals.items():
        reached = getattr(scores[task, "ours"], figure)
        met, sign = (reached <= goal, "≤") if figure == "ece" else (reached >= goal, "≥")
        yield f"{_said(met)} {task}: {FIGURES[figure]} {reached:.4f}, goal {sign} {goal}"
    for figure, reached, bound in (
        ("seconds", ours.seconds, size.seconds),
        ("GiB", ours.peak_bytes / GIB, size.gib),
    ):
        if bound is not None:
            yield f"{_said(reached <= bound)} {reached:.1f} {figure}, goal ≤ {bound}"


def _add_leads(settings: Settings, data: Path, answers: Path, whole: Measured) -> None:
    """Match all but 0.1 % of the leads, then all: less work, and the decisions of one run over everything."""
    delivered = data / "salesforce" / "salesforce_leads.csv"
    delivered.unlink()
    with (
        (data / delivered.name).open(encoding="utf-8") as every,
        delivered.open("w", encoding="utf-8") as most,
    ):
        lines = every.readlines()
        most.writelines(lines[: -round(len(lines) * NEW_SHARE)])
    _first_match(settings, data)
    delivered.unlink()
    delivered.hardlink_to(data / delivered.name)
    leadhouse(settings, "extract", "salesforce", "--files", data / "salesforce")
    took = _match(settings)
    _export(settings, answers / "added")
    with connect(settings, read_only=True) as connection:
        ((again,),) = connection.execute(COMPARED_AGAIN)
    print(
        f"0.1 % new leads: {again:.1%} of the pairs compared again, {took.seconds:,.1f} s,"
        f" {took.seconds / whole.seconds:.0%} of the run over everything"
    )
    different = _different(answers / "added", answers / "ours")
    print(f"{_said(not different)} the same decisions as in one run over everything{different}", flush=True)


def _different(one: Path, other: Path) -> str:
    """How many rows of which decisions are not the same; empty where all are."""
    counted = []
    for name in DECISIONS:
        left, right = (
            set((folder / name).read_text(encoding="utf-8").splitlines()) for folder in (one, other)
        )
        if left != right:
            counted.append(f"{name} {len(left ^ right):,}")
    return f"; rows that differ: {', '.join(counted)}" if counted else ""


def _said(met: bool) -> str:
    return "PASS" if met else "MISS"


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)

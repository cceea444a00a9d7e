import random
from decimal import Decimal
from pathlib import Path

from sandbox.segmind.answers import failed, result
from sandbox.segmind.catalogue import REFERENCE_TO_VIDEO
from sandbox.segmind.inputs import Inputs
from sandbox.segmind.ledger import Ledger, Run, StoredFile

INPUTS = Inputs(prompt="a fox", images=(), aspect_ratio="16:9", seconds=5)
COST = Decimal("1.35")


def ledger() -> Ledger:
    return Ledger(credits=Decimal(10), randomness=random.Random(1))  # noqa: S311 - repeatable


def opened(book: Ledger) -> Run:
    return book.open_run(REFERENCE_TO_VIDEO, {"prompt": "a fox"}, INPUTS, now=100.0)


def test_only_a_completed_request_is_charged() -> None:
    book = ledger()
    book.fail(opened(book), "blocked", now=105.0)
    assert (book.credits, list(book.charges())) == (Decimal(10), [])
    book.complete(opened(book), output="film.mp4", cost=COST, now=105.0)
    assert (book.credits, list(book.charges())) == (Decimal("8.65"), [COST])


def test_a_record_is_kept_for_its_hour_and_no_longer() -> None:
    book = ledger()
    run = opened(book)
    assert book.record(run.request_id, now=3699.9, kept=3600) is run
    assert book.record(run.request_id, now=3700.0, kept=3600) is None


def test_an_output_ends_and_an_upload_stays() -> None:
    book = ledger()
    book.files["film.mp4"] = StoredFile(path=Path("film.mp4"), content_type="video/mp4", expires=500.0)
    book.files["mira.png"] = StoredFile(path=Path("mira.png"), content_type="image/png")
    assert book.file("film.mp4", now=499.0) is not None
    assert book.file("film.mp4", now=500.0) is None
    assert book.file("mira.png", now=1e12) is not None


def test_a_failed_answer_names_no_cost() -> None:
    book = ledger()
    run = opened(book)
    book.fail(run, "blocked", now=105.0)
    assert failed(run)["metrics"] == {
        "inference_time": 0.0,
        "queue_time": 5.0,
        "total_time": 5.0,
        "retry_count": 0,
    }


def test_a_result_gives_its_output_in_each_of_the_forms_that_models_use() -> None:
    book = ledger()
    run = opened(book)
    run.started = 101.0
    book.complete(run, output="film.mp4", cost=COST, now=105.0)
    url = "http://host/outputs/film.mp4"
    forms = [result(run, url=url, size=7, form=form)["output"] for form in ("string", "list", "object")]
    assert forms == [url, [url], {"url": url}]
    assert result(run, url=url, size=7, form="string")["metrics"] == {
        "cost": 1.35,
        "remaining_credits": 8.65,
        "inference_time": 4.0,
        "queue_time": 1.0,
        "total_time": 5.0,
        "retry_count": 0,
    }


def test_the_same_seed_gives_the_same_ids() -> None:
    assert opened(ledger()).request_id == opened(ledger()).request_id

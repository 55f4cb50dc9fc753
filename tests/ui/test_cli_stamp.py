"""Time stamps on the command line: by hand, asked for later, from kept services, and what goes wrong with them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from casebound import stampservices
from casebound_packaging.identity import Identity
from casebound_resources import sample
from casebound_ui.entry import main

sys.path.insert(0, str(Path(__file__).parents[1] / "packaging"))  # importlib mode has no other way to share these
from authorities import Authority
from stampmaker import StampMaker, serving

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
RELEASED = next((Path(__file__).parents[1] / "packaging/released").glob("*.zip"))
Run = Callable[..., tuple[str, str]]


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_PASSPHRASE", "correct horse")
    monkeypatch.setenv("CASEBOUND_NAME", "Tester")
    monkeypatch.chdir(tmp_path)
    shutil.copy(RELEASED, tmp_path / "p.zip")


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> StampMaker:
    return StampMaker.create(tmp_path_factory.mktemp("tsa"), Authority.create("TSA Root"))


@pytest.fixture
def ran(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str, code: int = 0) -> tuple[str, str]:
        capsys.readouterr()
        ended = main([*arguments])
        said = capsys.readouterr()
        assert ended == code, said.err
        return said.out, said.err

    return run


def test_a_query_is_carried_and_its_answer_brought_back(ran: Run, maker: StampMaker, tmp_path: Path) -> None:
    out, _ = ran("stamp", "request", "p.zip", "--to", "q.tsq")
    assert "over the seal seals/01-examiner.p7s of p.zip" in out
    (tmp_path / "q.tsr").write_bytes(maker.reply((tmp_path / "q.tsq").read_bytes()))
    out, _ = ran("stamp", "import", "p.zip", "q.tsr")
    assert "Kept p.zip.tsr" in out and "by Example Time Stamps" in out
    assert "Who made the stamp was not checked" in out
    _, err = ran("stamp", "import", "p.zip", "q.tsr", code=1)
    assert "already there" in err
    _, err = ran("stamp", "request", "p.zip", "--to", "q2.tsq")
    assert "There is a time stamp already: p.zip.tsr." in err
    told = json.loads(ran("verify", "p.zip", "--tsa-trust", str(maker.folder / "root.pem"), "--json", code=3)[0])
    assert told["stamped_at"] and "UNSTAMPED" not in told["limits"]


def test_what_is_brought_back_is_judged_by_the_kept_roots(ran: Run, maker: StampMaker, tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_bytes(Authority.create("Other").pem)
    assert "judged by 1 root certificate" in ran("stamp", "services", "--roots", "other.pem")[0]
    ran("stamp", "request", "p.zip", "--to", "q.tsq")
    (tmp_path / "q.tsr").write_bytes(maker.reply((tmp_path / "q.tsq").read_bytes()))
    _, err = ran("stamp", "import", "p.zip", "q.tsr", code=1)
    assert "is not under the root" in err and not (tmp_path / "p.zip.tsr").exists()
    root = str(maker.folder / "root.pem")
    told = json.loads(ran("stamp", "import", "p.zip", "q.tsr", "--tsa-trust", root, "--json")[0])
    assert told["service_trusted"] is True and told["service"] == "Example Time Stamps"


def test_what_is_there_is_shown(ran: Run, maker: StampMaker, tmp_path: Path) -> None:
    root = str(maker.folder / "root.pem")
    assert "No time stamp" in ran("stamp", "show", "p.zip", code=1)[0]
    (tmp_path / "p.zip.tsr").write_bytes(maker.stamp(b"another seal"))
    out, _ = ran("stamp", "show", "p.zip", code=1)
    assert "by Example Time Stamps" in out and "does not count: the stamp is over other bytes" in out
    (tmp_path / "p.zip.tsr").unlink()
    ran("stamp", "request", "p.zip", "--to", "q.tsq")
    (tmp_path / "p.zip.tsr").write_bytes(maker.reply((tmp_path / "q.tsq").read_bytes()))
    assert "Who made it was not checked" in ran("stamp", "show", "p.zip")[0]
    assert "It holds, by a service that you trust." in ran("stamp", "show", "p.zip", "--tsa-trust", root)[0]
    (told,) = json.loads(ran("stamp", "show", "p.zip", "--tsa-trust", root, "--json")[0])["stamps"]
    assert (told["place"], told["problem"], told["trusted"]) == ("p.zip.tsr", "", True)


def test_asking_later(ran: Run, maker: StampMaker) -> None:
    _, err = ran("stamp", "ask", "p.zip", code=2)
    assert "No time stamp service was named" in err
    with serving(b"<html>") as confused, serving(maker.reply) as good:
        _, err = ran("stamp", "ask", "p.zip", "--tsa", confused, code=1)
        assert "not a time stamp response" in err and "None of the services gave a time stamp" in err
        out, err = ran("stamp", "ask", "p.zip", "--tsa", confused, "--tsa", good)
        assert "Kept p.zip.tsr" in out and "not a time stamp response" in err
        _, err = ran("stamp", "ask", "p.zip", "--tsa", good, code=1)
        assert "There is a time stamp already" in err


def test_services_are_kept_in_their_order(ran: Run, tmp_path: Path) -> None:
    assert "No time stamp service is kept" in ran("stamp", "services")[0]
    out, _ = ran("stamp", "services", "https://tsa.example/a", "http://tsa2.example/b", "https://tsa.example/a")
    assert out.splitlines()[:2] == ["1. https://tsa.example/a", "2. http://tsa2.example/b"]
    assert (tmp_path / "home/time-services.json").stat().st_mode & 0o077 == 0
    for wrong in ("tsa.example", "https://mary:secret@tsa.example/", "file:///etc/passwd"):
        assert "is no time stamp service" in ran("stamp", "services", wrong, code=2)[1]
    assert stampservices.kept_services() == ("https://tsa.example/a", "http://tsa2.example/b")
    assert "contradict" in ran("stamp", "services", "--none", "https://tsa.example/", code=2)[1]
    (tmp_path / "x.pem").write_text("no certificate")
    assert "no certificate in PEM form" in ran("stamp", "services", "--roots", "x.pem", code=2)[1]
    told = json.loads(ran("stamp", "services", "--none", "--json")[0])
    assert told == {"services": [], "roots": 0}
    for damaged in ("[1, 2]", '{"services": 7}', "{", '{"services": ["ftp://x/", 3, "https://tsa.example/"]}'):
        (tmp_path / "home/time-services.json").write_text(damaged)
        assert stampservices.kept_services() in ((), ("https://tsa.example/",))


def test_an_export_asks_the_kept_services_and_tells_what_came_of_it(ran: Run, maker: StampMaker) -> None:
    ran("new", "case", "--number", "C-1", "--title", "T")
    ran("import", "case", str(sample.EXPORTS / "reviews.csv"))
    ran("identity", "new", "--name", "Mary Okafor")
    with serving(b"<html>") as confused, serving(maker.reply) as good:
        ran("stamp", "services", confused, good)
        out, _ = ran("export", "case", "--to", "out")
        told = json.loads(ran("export", "case", "--to", "out", "--no-stamp", "--json")[0])
        point, _ = ran("checkpoint", "case", "--to", "a.checkpoint")
        ran("checkpoint", "case", "--to", "b.checkpoint", "--no-stamp")
        stampservices.keep_services([confused])
        alone = json.loads(ran("checkpoint", "case", "--to", "c.checkpoint", "--json")[0])
    lines = [line for line in out.splitlines() if line.startswith("Time ")]
    assert len(lines) == 2 and "not a time stamp response" in lines[0] and "Time stamped by" in lines[1]
    assert told["stamped"] is False and told["stamp_told"] == []
    assert "Kept a.checkpoint.tsr: Time stamped by Example Time Stamps" in point
    assert sorted(path.name for path in Path().glob("*.checkpoint*")) == [
        "a.checkpoint", "a.checkpoint.tsr", "b.checkpoint", "c.checkpoint",
    ]  # fmt: skip
    assert len(alone["stamp_told"]) == 1 and "not a time stamp response" in alone["stamp_told"][0]
    assert "It holds" in ran("stamp", "show", "a.checkpoint", "--tsa-trust", str(maker.folder / "root.pem"))[0]


def test_what_cannot_be_asked_or_read_is_wrong_usage(ran: Run) -> None:
    """An address that no service can have is told before anything is sealed, not as a service that is dead."""
    assert ran("new", "case", "--number", "C-1", "--title", "T")
    Identity.create("Ines Marlowe").save(Path("ines.p12"), "correct horse")
    for command in (["export", "case", "--to", "out", "--identity", "ines.p12"], ["stamp", "ask", "p.zip"]):
        assert "no time stamp service" in ran(*command, "--tsa", "tsa.example", code=2)[1]
    assert not Path("out").exists()
    assert "no file none.tsr" in ran("stamp", "import", "p.zip", "none.tsr", code=2)[1]

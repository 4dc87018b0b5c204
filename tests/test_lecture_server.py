"""The routes of a real server on loopback: what each gives, and all that it refuses."""

from __future__ import annotations

import gzip
import io
import json
import posixpath
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import segno

from densenet_viz.lecture import hall as hall_module
from densenet_viz.lecture.bodies import MOST_BYTES
from densenet_viz.lecture.hall import OPENINGS
from densenet_viz.lecture.process import MOST_LINES
from densenet_viz.stage.modules import FOLDER
from scripts.browser import free_port
from tests.facts import names_in, numbers_in
from tests.lecture_server import ORIGIN, Client, Clock, deck, served
from tests.waiting import until

PRESENTERS = [
    ("move", {"slide": 2, "step": 0}),
    ("reveal", {"slide": 2}),
    ("tally", {}),
    ("close", {}),
]


def answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def client() -> Iterator[Client]:
    with served() as started:
        yield started


@pytest.fixture
def code(client: Client) -> str:
    return client.open()[0]


@pytest.fixture
def room(client: Client) -> tuple[str, str]:
    return client.open()


# -- opening --------------------------------------------------------------------------------


def test_an_opened_room_has_a_code_a_token_and_an_address_to_scan(client: Client) -> None:
    status, told = client.post("/hall/open", deck=client.hall.publish(deck()), origin=ORIGIN)
    assert status == 201
    assert re.fullmatch(r"[C-Y3479]{10}", told["code"])
    assert told["address"] == f"{ORIGIN}/follow/{told['code']}"
    assert told["token"] == client.hall.rooms.find(told["code"]).token
    drawn = unquote(told["qr"].removeprefix("data:image/svg+xml;charset=utf-8,"))
    assert drawn.startswith("<svg")
    assert told["qr"] == segno.make(told["address"], error="m", micro=False).svg_data_uri(
        border=4, scale=8
    )
    assert told["code"] not in drawn


def test_a_page_of_the_app_has_a_code_with_its_address() -> None:
    for base in ("", "app"):
        with served(base) as client:
            start = f"/{base}" if base else ""
            address = f"{start}/hall/pages/hands_on.svg?origin={ORIGIN}"
            status, drawn, headers = client.ask("GET", address)
            assert (status, headers["content-type"]) == (200, "image/svg+xml")
            expected = io.BytesIO()
            code = segno.make(f"{ORIGIN}{start}/hands_on", error="m", micro=False)
            code.save(expected, kind="svg", border=4, scale=8)
            assert drawn == expected.getvalue()
            for wrong in ("hands_on.svg", "hands_on.svg?origin=a", f"Hands.svg?origin={ORIGIN}"):
                assert client.ask("GET", f"{start}/hall/pages/{wrong}")[0] == 400


@pytest.mark.parametrize(
    "origin",
    [
        *("", "192.0.2.7", "ftp://192.0.2.7", "http://a/b", "http://a b", "javascript:alert(1)"),
        *("http://a\n", "http://a:123456", "http://a@b", "http://" + "a" * 200, 'http://a"'),
    ],
)
def test_an_origin_that_is_none_is_refused(client: Client, origin: str) -> None:
    status, told = client.post("/hall/open", deck=client.hall.publish(deck()), origin=origin)
    assert (status, "origin" in told["error"]) == (400, True)
    assert len(client.hall.rooms) == 0


def test_an_unpublished_deck_is_refused(client: Client) -> None:
    status, told = client.post("/hall/open", deck="0" * 32, origin=ORIGIN)
    assert (status, list(told)) == (404, ["error"])


def test_opening_again_and_again_has_a_limit(client: Client) -> None:
    for _ in range(OPENINGS[0]):
        client.open()
    key = client.hall.publish(deck())
    status, told = client.post("/hall/open", deck=key, origin=ORIGIN)
    assert status == 429
    assert numbers_in(told["error"]) == ["61"]  # seconds to wait
    client.clock.now += 60
    assert client.post("/hall/open", deck=key, origin=ORIGIN)[0] == 201


# -- who may do what ------------------------------------------------------------------------


@pytest.mark.parametrize(("what", "content"), PRESENTERS)
def test_only_the_token_leads(
    client: Client, room: tuple[str, str], what: str, content: dict[str, Any]
) -> None:
    code, token = room
    follower = client.join(code)
    other = client.open()[1]
    before = client.hall.rooms.find(code).state()
    for wrong in ("", follower, other, token[:-1], f"{token}x"):
        status, told = client.post(f"/hall/{code}/{what}", wrong, **content)
        assert (status, list(told)) == (403, ["error"])
    assert client.hall.rooms.find(code).state() == before
    client.post(f"/hall/{code}/move", token, slide=2, step=0)
    assert client.post(f"/hall/{code}/{what}", token, **content)[0] == 200


def test_a_token_in_another_place_is_none(client: Client, room: tuple[str, str]) -> None:
    code, token = room
    body = json.dumps({"slide": 2, "step": 0}).encode()
    kind = "application/json"
    for path, headers in (
        (f"/hall/{code}/move?token={token}", {}),
        (f"/hall/{code}/move", {"authorization": token}),
        (f"/hall/{code}/move", {"authorization": f"Basic {token}"}),
        (f"/hall/{code}/move", {"cookie": f"token={token}"}),
    ):
        assert client.ask("POST", path, body, content_type=kind, **headers)[0] == 403
    assert client.hall.rooms.find(code).slide == 1


def test_moves_and_answers_reach_the_tally(client: Client, room: tuple[str, str]) -> None:
    code, token = room
    one, other = client.join(code), client.join(code)
    assert client.post(f"/hall/{code}/move", token, slide=2, step=1) == (200, {"version": 2})
    for follower, option in ((one, 0), (other, 1), (one, 1)):
        content = {"follower": follower, "slide": 2, "option": option}
        assert client.post(f"/hall/{code}/answer", **content) == (200, {})
    client.listen(code, one).next()
    assert client.post(f"/hall/{code}/tally", token) == (
        200,
        {
            "followers": 1,
            "questions": {
                "2": {"counts": [0, 2, 0], "revealed": False},
                "3": {"counts": [0, 0], "revealed": False},
            },
        },
    )
    assert client.post(f"/hall/{code}/join", follower=one)[1]["state"]["revealed"] == {}
    assert client.post(f"/hall/{code}/reveal", token, slide=2)[0] == 200
    assert client.post(f"/hall/{code}/join", follower=one)[1]["state"]["revealed"] == {
        "2": {"counts": [0, 2, 0], "right": 1}
    }
    status, told = client.post(f"/hall/{code}/answer", follower=one, slide=2, option=0)
    assert (status, list(told)) == (409, ["error"])


def test_a_stranger_neither_answers_nor_listens(client: Client, room: tuple[str, str]) -> None:
    code, token = room
    client.post(f"/hall/{code}/move", token, slide=2, step=1)
    elsewhere = client.join(client.open()[0])
    for name in ("", "stranger", elsewhere, token):
        status, told = client.post(f"/hall/{code}/answer", follower=name, slide=2, option=0)
        assert (status, list(told)) == (403, ["error"])
        status, text, _ = client.ask("GET", f"/hall/{code}/events?follower={name}")
        assert (status, list(json.loads(text))) == (403, ["error"])
    assert client.hall.rooms.find(code).counts(2) == [0, 0, 0]


def test_a_closed_room_leaves_nothing(client: Client, room: tuple[str, str]) -> None:
    code, token = room
    follower = client.join(code)
    events = client.listen(code, follower)
    assert events.next()[0] == "state"
    assert client.post(f"/hall/{code}/close", token) == (200, {})
    assert events.next() == ("closed", {})
    with pytest.raises(EOFError):
        events.next()
    assert client.hall.crowds == {}
    assert len(client.hall.rooms) == 0
    for what, content in (("join", {"follower": follower}), ("move", {"slide": 1, "step": 0})):
        assert client.post(f"/hall/{code}/{what}", token, **content)[0] == 404


# -- what is sent ---------------------------------------------------------------------------

BODIES: list[tuple[bytes, str, int, list[str]]] = [
    (b"{}", "text/plain", 415, ["JSON"]),
    (b"{}", "application/x-www-form-urlencoded", 415, ["JSON"]),
    (b"", "application/json", 400, ["JSON"]),
    (b"{", "application/json", 400, ["JSON"]),
    (b"\xff", "application/json", 400, ["JSON"]),
    (b"[" * MOST_BYTES, "application/json", 400, ["JSON"]),
    (b"[]", "application/json", 400, ["slide", "step"]),
    (b"{}", "application/json", 400, ["slide", "step"]),
    (b'{"slide": 1}', "application/json", 400, ["slide", "step"]),
    (b'{"slide": 1, "step": 0, "x": 1}', "application/json", 400, ["slide", "step"]),
    (b'{"slide": "1", "step": 0}', "application/json", 400, ["slide"]),
    (b'{"slide": true, "step": 0}', "application/json", 400, ["slide"]),
    (b'{"slide": 1, "step": 0.0}', "application/json", 400, ["step"]),
    (b'{"slide": 1, "step": null}', "application/json", 400, ["step"]),
    (b'{"slide": 9, "step": 0}', "application/json", 400, ["9", "1", "3"]),
    (b" " * (MOST_BYTES + 1), "application/json", 413, [str(MOST_BYTES)]),
]


@pytest.mark.parametrize(("body", "kind", "status", "facts"), BODIES)
def test_what_is_not_a_move_is_refused(
    client: Client, room: tuple[str, str], body: bytes, kind: str, status: int, facts: list[str]
) -> None:
    code, token = room
    found = client.ask(
        "POST", f"/hall/{code}/move", body, content_type=kind, authorization=f"Bearer {token}"
    )
    told = json.loads(found[1])
    assert (found[0], list(told)) == (status, ["error"])
    assert names_in(told["error"], *facts) == facts
    assert client.hall.rooms.find(code).version == 1


@pytest.mark.parametrize("what", ["open", "{}/join", "{}/answer"])
def test_too_much_is_refused_everywhere(client: Client, code: str, what: str) -> None:
    path = f"/hall/{what.format(code)}"
    status, told = client.post(path, filler="x" * 100_000)
    assert (status, numbers_in(told["error"])) == (413, [str(MOST_BYTES)])


def test_a_small_body_is_enough_for_everything(client: Client, room: tuple[str, str]) -> None:
    """What the longest allowed request takes stays far below the limit."""
    follower = client.join(room[0])
    longest = json.dumps({"deck": client.hall.publish(deck()), "origin": "http://" + "a" * 193})
    assert len(longest) < MOST_BYTES / 2
    assert len(json.dumps({"follower": follower, "slide": 999, "option": 9})) < MOST_BYTES / 2


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_only_posts_change_anything(client: Client, code: str, method: str) -> None:
    for what in ("open", f"{code}/move", f"{code}/join", f"{code}/answer"):
        status, _, headers = client.ask(method, f"/hall/{what}")
        assert status == 405
        assert not any(name.startswith("access-control") for name in headers)


# -- the stream -----------------------------------------------------------------------------


def test_events_come_in_order_to_everybody(client: Client, room: tuple[str, str]) -> None:
    code, token = room
    streams = [client.listen(code, client.join(code)) for _ in range(5)]
    places = [(1, 0), (2, 0), (2, 1), (2, 2), (3, 0), (3, 1), (1, 0)]
    heard = [[events.next()[1]] for events in streams]
    for slide, step in places[1:]:
        client.post(f"/hall/{code}/move", token, slide=slide, step=step)
        for states, events in zip(heard, streams, strict=True):
            states.append(events.next()[1])
    for states in heard:
        assert [(state["slide"], state["step"]) for state in states] == places
        assert [state["version"] for state in states] == [1, 2, 3, 4, 5, 6, 7]


def test_a_follower_that_dropped_rejoins_where_the_hall_is(
    client: Client, room: tuple[str, str]
) -> None:
    code, token = room
    follower = client.join(code)
    events = client.listen(code, follower)
    assert events.next()[1]["slide"] == 1
    events.close()
    client.post(f"/hall/{code}/move", token, slide=2, step=1)
    client.post(f"/hall/{code}/answer", follower=follower, slide=2, option=2)
    client.post(f"/hall/{code}/move", token, slide=3, step=1)
    assert client.join(code, follower) == follower
    name, state = client.listen(code, follower).next()
    assert (name, state["slide"], state["step"]) == ("state", 3, 1)
    client.post(f"/hall/{code}/answer", follower=follower, slide=2, option=0)
    assert client.hall.rooms.find(code).counts(2) == [1, 0, 0]


def test_moves_from_many_threads_end_where_the_last_one_led(
    client: Client, room: tuple[str, str]
) -> None:
    code, token = room
    events = client.listen(code, client.join(code))
    with ThreadPoolExecutor(4) as pool:
        places = [(2, 0), (2, 1), (3, 0), (3, 1)] * 5
        moved = pool.map(
            lambda place: client.post(f"/hall/{code}/move", token, slide=place[0], step=place[1]),
            places,
        )
        assert sorted(told["version"] for _, told in moved) == [*range(2, 22)]
    versions = [0]
    while versions[-1] < 21:
        versions.append(events.next()[1]["version"])
    assert versions == sorted(set(versions))


def test_a_stream_says_what_it_is(client: Client, code: str) -> None:
    answer = client.listen(code, client.join(code)).answer
    headers = {name.lower(): value for name, value in answer.getheaders()}
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-store"
    assert headers["transfer-encoding"] == "chunked"


def test_a_server_with_followers_ends_when_it_is_asked_to() -> None:
    code = (
        "import uvicorn; from starlette.applications import Starlette;"
        "from densenet_viz.lecture.server import HALL, routes;"
        "from tests.lecture_server import deck; print(HALL.publish(deck()), flush=True);"
        "import resource as r; hard = r.getrlimit(r.RLIMIT_NOFILE)[1];"
        "r.setrlimit(r.RLIMIT_NOFILE, (256, hard));"
        "server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes(HALL)), port=%d,"
        " host='127.0.0.1', lifespan='off', log_level='error')); server.run(); print('ended')"
    )
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", code % port], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        hall = hall_module.Hall()
        assert server.stdout.readline().strip() == hall.publish(deck())
        client = Client(port, hall, Clock())
        until(lambda: answers(port))
        code, _ = client.open()
        events = client.listen(code, client.join(code))
        assert events.next()[0] == "state"
        limits = Path(f"/proc/{server.pid}/limits").read_text("utf-8")
        soft, hard = map(int, re.findall(r"Max open files +(\d+) +(\d+)", limits)[0])
        assert soft == min(hard, MOST_LINES)
        server.terminate()
        assert events.next()[0] == "closed"
        events.close()
        assert server.wait(timeout=60) is not None


# -- the page and its files -----------------------------------------------------------------


def test_the_page_is_small_and_the_same_for_every_code(client: Client) -> None:
    status, page, headers = client.ask("GET", "/follow")
    assert status == 200
    assert client.ask("GET", "/follow/CDF347")[1] == page
    assert client.ask("GET", "/follow/%3Cimg%20onerror=x%3E")[1] == page
    assert len(page) < 2000
    policy = headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in re.sub(r"http-equiv", "", page.decode())


def test_every_answer_has_its_security_headers(client: Client, code: str) -> None:
    script = re.search(rb'src="([^"]+)"', client.ask("GET", "/follow")[1])
    assert script is not None
    for method, path in (
        ("GET", "/follow"),
        ("GET", script[1].decode()),
        ("GET", "/hall/decks/none.json"),
        ("POST", f"/hall/{code}/move"),
        ("POST", "/hall/open"),
    ):
        headers = client.ask(method, path)[2]
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert not any(name.startswith("access-control") for name in headers)


def test_the_page_brings_every_module_that_it_imports(client: Client) -> None:
    """From the page on, each address that is named is fetched, as a browser would."""
    page = client.ask("GET", "/follow")[1].decode()
    waiting = re.findall(r'(?:src|href)="(/hall/files/[^"]+)"', page)
    folder = waiting[0].partition("/shared/")[0]
    assert len(waiting) == 5
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        status, packed, headers = client.ask("GET", path, accept_encoding="gzip")
        assert status == 200, path
        assert "immutable" in headers["cache-control"]
        text = gzip.decompress(packed).decode()
        assert text == (FOLDER / path.removeprefix(f"{folder}/")).read_text("utf-8")
        kind = "text/javascript" if path.endswith(".js") else "text/css"
        assert headers["content-type"] == f"{kind}; charset=utf-8"
        names = re.findall(r'^(?:import|export) .*?from "(\.[^"]+\.js)"', text, re.M)
        waiting += [posixpath.normpath(f"{posixpath.dirname(path)}/{name}") for name in names]
    assert f"{folder}/follow/state.js" in seen
    assert len(seen) >= 12


@pytest.mark.parametrize(
    "name", ["../modules.py", "..%2Fmodules.py", "none.js", "modules.py", ".js", "a/b.js"]
)
def test_no_other_file_can_be_had(client: Client, name: str) -> None:
    folder = re.search(r"/hall/files/\w+", client.ask("GET", "/follow")[1].decode())
    assert folder is not None
    assert client.ask("GET", f"{folder[0]}/{name}")[0] == 404
    assert client.ask("GET", "/hall/files/0123456789abcdef/dom.js")[0] == 404


def test_a_picture_comes_when_it_is_made_and_is_asked_for_again_only_if_new(
    client: Client,
) -> None:
    words = deck()
    words["slides"][0]["picture"] = {"key": "growth-1", "states": []}
    key = client.hall.publish(words)
    path = f"/hall/decks/{key}/growth-1.json"
    status, _, headers = client.ask("GET", path)
    assert (status, headers["cache-control"]) == (202, "no-store")
    client.hall.add_picture(key, "growth-1", {"layers": 6})
    status, packed, headers = client.ask("GET", path, accept_encoding="gzip")
    assert (status, json.loads(gzip.decompress(packed))) == (200, {"layers": 6})
    assert headers["cache-control"] == "no-cache"
    again = client.ask("GET", path, accept_encoding="gzip", if_none_match=headers["etag"])
    assert again[:2] == (304, b"")
    assert client.ask("GET", f"/hall/decks/{key}/growth-2.json")[0] == 404
    assert client.ask("GET", "/hall/decks/none/growth-1.json")[0] == 404


def test_phones_hear_of_pictures_when_the_presenters_window_asks_for_the_tally(
    client: Client,
) -> None:
    words = deck()
    words["slides"][0]["picture"] = {"key": "growth-1", "states": []}
    key = client.hall.publish(words)
    told = client.post("/hall/open", deck=key, origin=ORIGIN)[1]
    events = client.listen(told["code"], client.join(told["code"]))
    assert events.next()[1]["pictures"] == 0
    client.hall.add_picture(key, "growth-1", {"layers": 6})
    client.post(f"/hall/{told['code']}/tally", told["token"])
    assert events.next()[1]["pictures"] == 1


def test_a_browser_says_that_a_picture_is_drawn(client: Client) -> None:
    assert not client.hall.painted.is_set()
    client.hall.ahead = ("static/js/a.js",)
    status, body, _ = client.ask("POST", "/hall/painted")
    assert (status, json.loads(body)) == (200, {"files": ["static/js/a.js"]})
    assert client.hall.painted.is_set()


def test_a_deck_comes_once_and_compressed(client: Client, code: str) -> None:
    key = client.post(f"/hall/{code}/join", follower="")[1]["deck"]
    path = f"/hall/decks/{key}.json"
    status, packed, headers = client.ask("GET", path, accept_encoding="br, gzip")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["vary"] == "Accept-Encoding"
    plain = client.ask("GET", path, accept_encoding="identity")[1]
    assert gzip.decompress(packed) == plain
    assert json.loads(plain)["slides"][0]["title"] == "One"
    assert b"secret note" not in plain
    assert client.ask("GET", f"/hall/decks/{'0' * 32}.json")[0] == 404


def test_an_app_under_a_path_has_its_routes_there() -> None:
    from starlette.applications import Starlette
    from starlette.routing import Route

    from densenet_viz.lecture.hall import Hall
    from densenet_viz.lecture.server import routes

    for base in ("viz", "/viz/"):
        found = Starlette(routes=routes(Hall(), base)).routes
        assert all(isinstance(each, Route) and each.path.startswith("/viz/") for each in found)


# -- threads and imports ----------------------------------------------------------------------


def test_the_routes_load_nothing_heavy() -> None:
    code = (
        "import sys, densenet_viz.lecture.server;"
        "print(*sorted({'torch', 'captum', 'streamlit', 'plotly', 'PIL', 'numpy'}"
        " & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_decks_are_published_from_threads() -> None:
    hall, keys = hall_module.Hall(), []
    threads = [
        threading.Thread(
            target=lambda number=number: keys.append(
                hall.publish({**deck(), "title": str(number % 3)})
            )
        )
        for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 3
    assert all(hall.deck(key) for key in keys)


def test_the_app_serves_the_routes(root: Path) -> None:
    """`streamlit run app.py` reads `app` from the file without running the page."""
    from streamlit.web.server.app_discovery import discover_asgi_app

    found = discover_asgi_app(root / "app.py")
    assert (found.is_asgi_app, found.import_string) == (True, "app:app")
    code = (
        "import sys, app;"
        "from densenet_viz.lecture.server import HALL;"
        "print(HALL.served, [r.path for r in app.app._user_routes][:3:2],"
        " 'densenet_viz.ui' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.split("\n")[0] == "True ['/follow', '/follow/{code}'] False"

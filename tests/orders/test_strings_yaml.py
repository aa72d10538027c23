import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.text import strings_yaml
from mesure.orders.text.order_faults import FileFault, FileFaults, OrderError
from mesure.orders.text.strings_yaml import ListNode, MappingNode, Node, TextNode


@pytest.fixture(params=["CBaseLoader", "BaseLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test with the parser in C and with the one in Python."""
    monkeypatch.setattr(strings_yaml, "_LOADER", getattr(yaml, request.param))
    return str(request.param)


def load(text: str | bytes) -> MappingNode:
    faults = FileFaults("a.yaml")
    keys = strings_yaml.load(text.encode() if isinstance(text, str) else text, faults)
    faults.settle()
    return keys


def describe_faults(text: str | bytes) -> str:
    """Return the sentences about a text; none where it is a good one."""
    try:
        load(text)
    except OrderError as error:
        return str(error)
    return ""


def only_fault(text: str | bytes) -> FileFault:
    with pytest.raises(OrderError) as caught:
        load(text)
    [fault] = caught.value.faults
    return fault


def plain(node: Node) -> object:
    match node:
        case TextNode(text=text):
            return text
        case ListNode(items=items):
            return [plain(item) for item in items]
        case MappingNode(values=values):
            return {key: plain(value) for key, value in values.items()}


@pytest.mark.parametrize("written", ["22:00", "'22:00'", '"22:00"', "NO", "1.10", "~", "0x1F"])
@pytest.mark.usefixtures("loader")
def test_every_value_is_the_text_that_was_written(written: str) -> None:
    assert plain(load(f"from: {written}")) == {"from": written.strip("'\"")}


@pytest.mark.usefixtures("loader")
def test_lines_are_those_of_the_file() -> None:
    keys = load("\ufeff# A comment.\na:\n  b: [1,\n    2]\n\n'c': x\n")
    assert plain(keys) == {"a": {"b": ["1", "2"]}, "c": "x"}
    assert [keys.line_of("a"), keys.line_of("c"), keys.line_of("none")] == [2, 6, 2]
    inner = keys.values["a"]
    assert isinstance(inner, MappingNode)
    listed = inner.values["b"]
    assert isinstance(listed, ListNode)
    assert [item.line for item in listed.items] == [3, 4]


def test_windows_line_ends_are_line_ends() -> None:
    assert plain(load("a: 1\r\nb: 2\r\n")) == {"a": "1", "b": "2"}


REFUSED = {
    "a: 1\nb: 2\na: 3": (3, "a", "second time (first in line 1)"),
    "x:\n  \u00e9: 1\n  e\u0301: 2": (3, "x.e\u0301", "second time"),  # They look the same.
    "a: &b 1": (1, "a", "anchor or alias"),
    "a: 1\nb: *a": (2, "b", "anchor or alias"),
    "a: !!python/object:os.system x": (1, "a", "a tag"),
    "a: !x [1]": (1, "a", "a tag"),
    "a: 1\n---\nb: 2": (2, "", "second document"),
    "a: [1\nb: 2": (2, "", "not well-formed"),
    "a: 1\nb: [\n": (2, "", "not well-formed"),
    "a: b: c": (1, "", "not well-formed"),
    "a: 'b": (1, "", "not well-formed"),
    "[a]: b": (1, "", "where a key is expected"),
    "c: {{a: b}: 1}": (1, "c", "where a key is expected"),
    "": (1, "", "does not consist of keys"),
    "# Only a comment.": (1, "", "does not consist of keys"),
    "- a\n- b": (1, "", "does not consist of keys"),
    "text": (1, "", "does not consist of keys"),
    "a: 1\n\tb: 2": (2, "", "a tab"),
    "a: 1\nb: \x00": (2, "", "control character (U+0000)"),
    'a: "\\e[31m"': (1, "a", "control character"),
    "a: " + "[" * 30 + "]" * 30: (1, "a", "more than 20 deep"),
    "a: [" + "1, " * 500_001 + "]": (1, "a", "more than 500000 values"),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:24]))
def test_what_is_no_order_text_is_refused_with_its_place(text: str) -> None:
    line, key, what = REFUSED[text]
    fault = only_fault(text)
    assert (fault.line, fault.key) == (line, key)
    assert what in fault.what


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    "text",
    [
        '{"\\ud800": 1}',  # A half of a letter: only the parser in Python lets it pass.
        'a: "\\U00110000"',  # Beyond Unicode.
        "a: " + "[" * 3_000,
        "a: " + "- " * 3_000,
        "%YAML 9.9\n%TAG ! x\n---\na: *x",
        "? a\n? b",
        "a: >\n" * 50,
        "\u2028\ufeff\ufeff: \x85",
    ],
    ids=lambda text: repr(text[:16]),
)
def test_hostile_text_gives_sentences_in_either_parser(text: str) -> None:
    assert describe_faults(text) == "" or describe_faults(text).startswith("a.yaml")


def test_the_billion_laughs_stay_untold() -> None:
    lines = ["a0: &a0 [lol, lol]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    with pytest.raises(OrderError) as caught:
        load("\n".join(lines))
    assert [fault.key for fault in caught.value.faults] == ["a0"]
    assert caught.value.more == 0


def test_a_text_that_is_not_utf8_is_refused_in_its_line() -> None:
    assert only_fault("a: 1\nb: café".encode("latin-1")).line == 2
    assert "UTF-8" in only_fault("a: 1".encode("utf-16")).what


def test_a_file_that_is_too_large_is_not_even_parsed() -> None:
    fault = only_fault(b"a: 1\n" * 1_000_000)
    assert "more than 4194304 bytes" in fault.what
    assert fault.line is None


def test_folded_text_may_run_over_lines() -> None:
    assert plain(load("a: >-\n  one\n  two\nb: |\n  x\n  y\n")) == {"a": "one two", "b": "x\ny\n"}


@given(
    st.binary(max_size=200) | st.text(":-[]{}&*!|>'\"%@`#, \nab\\x1", max_size=60).map(str.encode)
)
def test_no_bytes_lead_to_anything_but_sentences(data: bytes) -> None:
    assert describe_faults(data) == "" or describe_faults(data).startswith("a.yaml")


SIMPLE = st.recursive(
    st.text(st.characters(blacklist_categories=["C"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abcé", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), SIMPLE, min_size=1, max_size=3))
def test_what_is_written_is_what_is_read(tree: dict[str, object]) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, default_style='"')
    assert plain(load(text)) == tree

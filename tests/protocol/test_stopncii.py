"""The StopNCII values: a last page that ends, and submissions read strictly."""

from __future__ import annotations

from typing import Any

import pytest

from disrupt.protocol.stopncii import (
    BadSubmission,
    Opinion,
    Signal,
    parse_feedback,
    parse_hashes,
    write_fetch,
)


def test_the_last_page_has_no_token_rather_than_an_empty_one() -> None:
    page = write_fetch([], following=5, token=None, source="x")
    assert (page["nextPageToken"], page["hasMoreRecords"]) == (None, False)
    assert write_fetch([], following=5, token="5", source="x")["hasMoreRecords"] is True


def record(**changes: Any) -> dict[str, Any]:
    own = [{"feedbackValue": "Blocked", "tags": ["b", "a", "b"]}]
    return {"signalType": "ImagePDQ", "hashValue": "A" * 64, "CSPFeedbacks": own} | changes


def test_the_prefix_that_the_client_sends_is_understood() -> None:
    (posted,) = parse_hashes({"hashRecords": [record(signalType="StopNCIISignalType.ImagePDQ")]})
    assert (posted.signal, posted.value) == (Signal.IMAGE_PDQ, "a" * 64)
    assert (posted.opinion, posted.tags) == (Opinion.BLOCKED, ("a", "b"))


def test_feedback_has_no_type_and_gets_it_from_its_length() -> None:
    posted = parse_feedback(
        {"hashFeedbacks": [{"hashValue": v, "feedbackValue": "None"} for v in ("0" * 64, "0" * 32)]}
    )
    assert [p.signal for p in posted] == [Signal.IMAGE_PDQ, Signal.VIDEO_MD5]


@pytest.mark.parametrize(
    "bad",
    [
        record(signalType="VideoTMK"), record(signalType=None), record(hashValue="0" * 33),
        record(hashValue=None), record(CSPFeedbacks=[{}]), record(CSPFeedbacks=[1]),
        record(CSPFeedbacks="x"), record(CSPFeedbacks=[{"feedbackValue": "Blocked"}] * 2),
        record(CSPFeedbacks=[{"feedbackValue": "Blocked", "tags": ["x"] * 21}]),
        record(CSPFeedbacks=[{"feedbackValue": "Blocked", "tags": ["line\nbreak"]}]),
        record(CSPFeedbacks=[{"feedbackValue": ["Blocked"]}]),
    ],
)  # fmt: skip
def test_a_bad_record_is_named_by_its_place(bad: Any) -> None:
    with pytest.raises(BadSubmission, match=r"hashRecords\[1\]"):
        parse_hashes({"hashRecords": [record(), bad]})

"""What the contract allows fits into a body: long lists, and long texts from a client that escapes every character."""

from tests.register import Register


def test_five_hundred_people_on_one_list_are_filed_at_once(register: Register) -> None:
    listed = [
        {
            "names": [{"text": f"Listed Person {number:03} Exampleton", "kind": "document"}],
            "nationality": "VNM",
            "documents": [{"type": "passport", "number": f"C77000{number:03}"}],
        }
        for number in range(500)
    ]
    filed = register.caller("operator").file(persons=listed)
    assert len({person["reference"] for person in filed["persons"]}) == 500


def test_the_longest_text_fits_however_it_is_escaped(register: Register) -> None:
    operator = register.caller("operator")
    told = "\U0001f64f" * 19_999 + "."
    body = ascii(told).replace("\\U0001f64f", "\\ud83d\\ude4f").strip("'")
    raw = '{"channel": "fb_police", "narrative": "' + body + '"}'
    headers = {"Content-Type": "application/json"}
    filed = operator.http.post("/v1/cases", content=raw.encode(), headers=headers)
    assert filed.status_code == 201, filed.text
    shown = operator.get(f"/v1/cases/{filed.json()['reference']}", purpose="verification").json()
    assert shown["sealed"]["narratives"] == [told]

"""List views and search."""

from tests.unit.practice.rest.served import ServedOrg


def _view(api: ServedOrg, sobject: str, name: str) -> dict[str, str]:
    found = api.get(f"/sobjects/{sobject}/listviews")["listviews"]
    view: dict[str, str] = next(one for one in found if one["developerName"] == name)
    return view


def test_list_views_lead_to_their_query_and_rows(api: ServedOrg) -> None:
    view = _view(api, "Lead", "MyLeads")
    assert api.get(view["url"]) == view
    described = api.get(view["describeUrl"])
    assert described["sobjectType"] == "Lead"
    expected = api.get("/query", params={"q": described["query"]})
    assert expected["totalSize"] > 0
    shown = api.get(view["resultsUrl"])
    assert shown["size"] == min(expected["totalSize"], 25)
    first = {one["fieldNameOrPath"]: one["value"] for one in shown["records"][0]["columns"]}
    assert first["Id"] == expected["records"][0]["Id"]
    assert first["Owner.Name"] == "Avery Stone"
    assert [one["fieldNameOrPath"] for one in shown["columns"]] == list(first)


def test_list_view_rows_can_be_paged(api: ServedOrg) -> None:
    view = _view(api, "Contact", "AllContacts")
    whole = api.get(view["resultsUrl"], params={"limit": 4})
    part = api.get(view["resultsUrl"], params={"limit": 2, "offset": 2})
    assert whole["records"][2:] == part["records"]
    assert api.ask("GET", view["resultsUrl"], params={"limit": "many"}).status_code == 400


def test_every_list_view_has_a_query_the_org_understands(api: ServedOrg) -> None:
    for row in api.rows("SELECT Id, SobjectType FROM ListView"):
        base = f"/sobjects/{row['SobjectType']}/listviews/{row['Id']}"
        soql = api.get(f"{base}/describe")["query"]
        assert api.ask("GET", "/query", params={"q": soql}).status_code == 200, soql
        assert api.ask("GET", f"{base}/results").status_code == 200
    assert api.ask("GET", "/sobjects/Lead/listviews/00B000000000001").status_code == 404
    assert api.get("/sobjects/Lead/listviews/recent")["listviews"]


def test_search_finds_words_by_their_beginning(api: ServedOrg) -> None:
    body = {
        "FirstName": "Xanthippe",
        "LastName": "Quill",
        "Company": "Percent % Co",
        "Email": "x@quill.example",
    }
    lead = api.ask("POST", "/sobjects/Lead", json=body).json()["id"]
    for term in ("xanth", "Quill Xanthippe", "percent %", "Xan*"):
        found = api.get(
            "/parameterizedSearch/", params={"q": term, "sobject": "Lead", "Lead.fields": "Id,Name"}
        )
        assert [one["Id"] for one in found["searchRecords"]] == [lead], term
        assert found["searchRecords"][0]["Name"] == "Xanthippe Quill"
    nothing = api.get("/parameterizedSearch", params={"q": "xanthx", "sobject": "Lead"})
    assert nothing == {"searchRecords": []}


def test_search_by_body_restricts(api: ServedOrg) -> None:
    for place in ("A", "B"):
        api.ask("POST", "/sobjects/Lead", json={"LastName": "Zimmerwald", "Company": place})
    body: dict[str, object] = {
        "q": "Zimmerwald",
        "fields": ["Id", "Company"],
        "sobjects": [{"name": "Lead", "where": "Company = 'B'", "limit": 10}, {"name": "Contact"}],
    }
    found = api.ask("POST", "/parameterizedSearch", json=body).json()["searchRecords"]
    assert [one["Company"] for one in found] == ["B"]
    body["overallLimit"] = 5000
    assert api.ask("POST", "/parameterizedSearch", json=body).status_code == 400


def test_bad_searches_are_told(api: ServedOrg) -> None:
    for parameters in (
        {"q": "x", "sobject": "Lead"},
        {"q": "xyz", "sobject": "Nothing"},
        {"q": "xyz", "in": "SHOES"},
        {"q": "xyz", "overallLimit": "0"},
    ):
        assert api.ask("GET", "/parameterizedSearch", params=parameters).status_code == 400


def test_a_plain_search_string_works(api: ServedOrg) -> None:
    api.ask("POST", "/sobjects/Lead", json={"LastName": "Zimmerwald", "Company": "A"})
    soql = "FIND {Zimmerwald} IN NAME FIELDS RETURNING Lead(Id, Name), Contact(Id)"
    found = api.get("/search/", params={"q": soql})["searchRecords"]
    assert [one["Name"] for one in found] == ["Zimmerwald"]
    assert api.ask("GET", "/search", params={"q": "SELECT Id FROM Lead"}).status_code == 400

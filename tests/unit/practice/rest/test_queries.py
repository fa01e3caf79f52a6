"""Query, query more, query all, and the errors of a query over HTTP."""

from tests.unit.practice.rest.served import VERSION, ServedOrg, served_org


def test_pages_follow_one_segment_locators() -> None:
    with served_org(people=600) as api:
        options = {"Sforce-Query-Options": "batchSize=200"}
        page = api.get("/query/", params={"q": "SELECT Id FROM Lead ORDER BY Id"}, headers=options)
        total, found = page["totalSize"], [one["Id"] for one in page["records"]]
        assert len(found) == 200
        assert not page["done"]
        while not page["done"]:
            prefix, _, locator = page["nextRecordsUrl"].rpartition("/")
            assert prefix == f"{VERSION}/query"
            assert locator
            page = api.get(page["nextRecordsUrl"])
            found += [one["Id"] for one in page["records"]]
        assert "nextRecordsUrl" not in page
        assert len(set(found)) == total == len(found)


def test_query_all_also_finds_the_deleted(api: ServedOrg) -> None:
    lead = api.some_id("Lead")
    assert api.ask("DELETE", f"/sobjects/Lead/{lead}").status_code == 204
    soql = {"q": f"SELECT Id, IsDeleted FROM Lead WHERE Id = '{lead}'"}
    assert api.get("/query", params=soql)["totalSize"] == 0
    assert api.get("/queryAll/", params=soql)["records"][0]["IsDeleted"] is True


def test_columns_are_described_instead_of_read(api: ServedOrg) -> None:
    found = api.get("/query", params={"q": "SELECT Id, Name FROM Lead", "columns": "true"})
    assert [one["columnName"] for one in found["columnMetadata"]] == ["Id", "Name"]
    assert "records" not in found


def test_query_errors_are_arrays(api: ServedOrg) -> None:
    for soql, code in (
        ("SELECT Id FRM Lead", "MALFORMED_QUERY"),
        ("SELECT Nothing FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FROM ScratchOrgInfo", "INVALID_TYPE"),
        ("", "MALFORMED_QUERY"),
    ):
        answer = api.ask("GET", "/query", params={"q": soql})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    answer = api.ask("GET", "/query/01gNOSUCHCURSOR-2000")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_what_the_command_line_tool_asks_is_there(api: ServedOrg) -> None:
    soql = (
        "SELECT Name, InstanceName, IsSandbox, TrialExpirationDate, NamespacePrefix, OrganizationType "
        "FROM Organization"
    )
    assert api.get("/services/data/v51.0/query", params={"q": soql})["totalSize"] == 1
    user = api.get(f"/services/data/v51.0/sobjects/User/{api.user_id}")
    assert user["Username"] == api.org.default_username

"""Nothing is written before it could be read."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QFileDialog, QPushButton

from cadence_desk.domain.diagnosis import Page
from cadence_desk.ui.org.diagnostics_sheet import DiagnosticsSheet
from cadence_desk.ui.shell.main_window import MainWindow
from tests.widget.driving import find, settle

Run = Callable[[Coroutine[Any, Any, Any]], Any]


def test_each_file_can_be_read_before_a_folder_is_chosen(window: MainWindow, run: Run) -> None:
    async def body() -> None:
        sheet = DiagnosticsSheet([Page("a.json", "first"), Page("b.json", "second <b>x</b>")], window)
        chosen: list[str] = []
        sheet.folder_chosen.connect(chosen.append)
        sheet.open()
        assert sheet.text.toPlainText() == "first"
        sheet.files.go_to("b.json")
        assert sheet.text.toPlainText() == "second <b>x</b>"
        find(sheet, QPushButton, "writeDiagnosticsButton").click()
        [dialog] = sheet.findChildren(QFileDialog)
        assert not chosen
        dialog.fileSelected.emit("a folder")
        assert chosen == ["a folder"]
        assert not sheet.isVisible()
        await settle(3)

    run(body())

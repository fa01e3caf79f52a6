; Per-user installer of Cadence Desk: writes to the user's own folders and HKEY_CURRENT_USER only, so it asks for no
; rights. Compiled by windows_installer.py, which defines VERSION, NUMBERS, SIZE_KB, SOURCE, ICON and OUTPUT.
; Silent: setup.exe /S [/D=folder]; uninstall.exe /S.
Unicode true
SetCompressor /SOLID lzma
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS Win10
Name "Cadence Desk"
OutFile "${OUTPUT}"
Icon "${ICON}"
UninstallIcon "${ICON}"
InstallDir "$LOCALAPPDATA\Programs\Cadence Desk"
InstallDirRegKey HKCU "Software\Cadence Desk" "InstallDir"
BrandingText "Cadence Desk ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${NUMBERS}"
VIAddVersionKey "ProductName" "Cadence Desk"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Installer of Cadence Desk for one user"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

!include "LogicLib.nsh"
!define LISTED "Software\Microsoft\Windows\CurrentVersion\Uninstall\CadenceDesk"
!define SCHEME "Software\Classes\cadence-desk"

Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

; A running program cannot be replaced: its file can be opened for writing only once the desk is closed.
!macro ASK_TO_CLOSE
    again:
    ${If} ${FileExists} "$INSTDIR\cadence-desk.exe"
        ClearErrors
        FileOpen $0 "$INSTDIR\cadence-desk.exe" a
        ${If} ${Errors}
            MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "Cadence Desk is open. Close it, then try again." /SD IDCANCEL IDRETRY again
            SetErrorLevel 2
            Quit
        ${EndIf}
        FileClose $0
    ${EndIf}
!macroend

Section "Cadence Desk"
    !insertmacro ASK_TO_CLOSE
    ; an older version's program files go as a whole; what the user has lies elsewhere, in $LOCALAPPDATA\CadenceDesk
    RMDir /r "$INSTDIR\_internal"
    SetOutPath "$INSTDIR"
    File /r "${SOURCE}/*.*"
    WriteUninstaller "$INSTDIR\uninstall.exe"

    CreateShortcut "$SMPROGRAMS\Cadence Desk.lnk" "$INSTDIR\cadence-desk.exe" "open" "$INSTDIR\cadence-desk.exe" 0

    WriteRegStr HKCU "Software\Cadence Desk" "InstallDir" "$INSTDIR"
    WriteRegStr HKCU "${SCHEME}" "" "URL:Cadence Desk"
    WriteRegStr HKCU "${SCHEME}" "URL Protocol" ""
    WriteRegStr HKCU "${SCHEME}\DefaultIcon" "" "$INSTDIR\cadence-desk.exe,0"
    WriteRegStr HKCU "${SCHEME}\shell\open\command" "" '"$INSTDIR\cadence-desk.exe" open "%1"'

    WriteRegStr HKCU "${LISTED}" "DisplayName" "Cadence Desk"
    WriteRegStr HKCU "${LISTED}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${LISTED}" "DisplayIcon" "$INSTDIR\cadence-desk.exe,0"
    WriteRegStr HKCU "${LISTED}" "Publisher" "Cadence Desk maintainers"
    WriteRegStr HKCU "${LISTED}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${LISTED}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${LISTED}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${LISTED}" "EstimatedSize" ${SIZE_KB}
    WriteRegDWORD HKCU "${LISTED}" "NoModify" 1
    WriteRegDWORD HKCU "${LISTED}" "NoRepair" 1
SectionEnd

Section "Uninstall"
    !insertmacro ASK_TO_CLOSE
    Delete "$SMPROGRAMS\Cadence Desk.lnk"
    RMDir /r "$INSTDIR\_internal"
    Delete "$INSTDIR\cadence-desk.exe"
    Delete "$INSTDIR\cadence-desk-cli.exe"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    DeleteRegKey HKCU "${SCHEME}"
    DeleteRegKey HKCU "${LISTED}"
    DeleteRegKey HKCU "Software\Cadence Desk"
SectionEnd

@echo off
rem Installs Junheng into a folder of its own, from this folder alone: nothing is fetched.
rem   install.bat [FOLDER]        set PYTHON=C:\path\python.exe before it, if python is another one
setlocal
set "here=%~dp0"
set "target=%~1"
if "%target%"=="" set "target=%USERPROFILE%\junheng"
if "%PYTHON%"=="" set "PYTHON=python"
"%PYTHON%" -c "import sys; sys.exit('%%d.%%d' %% sys.version_info[:2] != '@PYTHON@')"
if errorlevel 1 (
  echo Python @PYTHON@ is needed: set PYTHON=C:\path\to\python.exe
  exit /b 1
)
if exist "%target%" (
  echo "%target%" is there already; give another folder: install.bat FOLDER
  exit /b 1
)
"%PYTHON%" "%here%verify.py" || exit /b 1
"%PYTHON%" -m venv "%target%" || exit /b 1
"%target%\Scripts\python.exe" -m pip --isolated --disable-pip-version-check install --quiet --no-index --find-links "%here%wheels" junheng
if errorlevel 1 (
  rmdir /s /q "%target%"
  exit /b 1
)
"%target%\Scripts\junheng.exe" --version || exit /b 1
echo "%target%\Scripts\junheng.exe"

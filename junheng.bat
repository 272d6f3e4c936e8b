@echo off
chcp 65001 >nul
setlocal
pushd "%~dp0"
set PYTHONUTF8=1
rem what was installed by the same list of packages is not installed again
fc /b requirements.lock ".venv\junheng-ready" >nul 2>nul
if not errorlevel 1 goto start

echo.
echo  均衡：第一次使用或软件更新后，先做准备，约需几分钟。
echo  需要联网，从 Python 软件包网站下载所用的软件包；
echo  全部安装在本文件夹的 .venv 中，不改动电脑的其他地方。
echo.
set PY=py -3
where py >nul 2>nul
if errorlevel 1 set PY=python
%PY% -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if errorlevel 1 goto nopython
echo  第 1 步，共 2 步：建立 Python 环境（.venv）……
%PY% -m venv .venv
if errorlevel 1 goto failed
echo  第 2 步，共 2 步：安装软件包……
".venv\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check -c requirements.lock -e .
if errorlevel 1 goto failed
copy /y requirements.lock ".venv\junheng-ready" >nul
echo  准备完毕。
echo.

:start
echo  正在打开均衡的开始页面，请稍候……
echo  页面在浏览器中打开；数据只在本机处理，不会上传。
echo  使用期间请不要关闭本窗口；关闭本窗口即结束程序。
echo.
".venv\Scripts\python.exe" -m analysis start %*
if errorlevel 1 goto failed
goto end

:nopython
echo  没有找到 Python 3.11 或更新的版本。
echo  请从 https://www.python.org/downloads/windows/ 下载并安装，
echo  安装时勾选“Add python.exe to PATH”，然后再次双击本文件。
echo.
pause
popd
exit /b 1

:failed
echo.
echo  没有成功，原因见上面的提示。
echo  安装中断的，请检查网络后再次双击本文件。
echo.
pause
popd
exit /b 1

:end
popd
endlocal

# What one does with the counties of this folder. A county is a folder of CSV tables or an .xlsx workbook.
COUNTY ?= @SAMPLE@
LANG_OF_REPORTS ?= @LANG@
JUNHENG ?= junheng

.DEFAULT_GOAL := help
.PHONY: help check report batch lab planner

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

check: ## every problem of the county at once; make check COUNTY=my-county
	$(JUNHENG) check $(COUNTY) --lang $(LANG_OF_REPORTS)

report: ## its report as PDF and web page, under reports/
	@mkdir -p reports
	$(JUNHENG) report $(COUNTY) --lang $(LANG_OF_REPORTS) --out reports

batch: ## the reports of all counties in this folder
	@mkdir -p reports
	$(JUNHENG) batch . --lang $(LANG_OF_REPORTS) --out reports

lab: ## open JupyterLab on the analyst's starting page
	$(JUNHENG) lab

planner: ## the planner's page of the county, in the browser
	$(JUNHENG) planner $(COUNTY) --lang $(LANG_OF_REPORTS)

"""The fault messages of areas and their figures."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "areas-none": _(
            "The file contains no areas. Choose a file with one feature for each area."
        ),
        "areas-same": _("These areas have already been imported: same name, same year."),
        "areas-code": _("Row %(row)s has no code. Give each area its own code."),
        "areas-code-twice": _(
            "The code %(code)s appears in two rows. Give each area its own code."
        ),
        "shapes-unreadable": _(
            "We could not read the file. Save it again as GeoJSON, GeoPackage or a zipped "
            "shapefile (.shp, .dbf, .shx and .prj)."
        ),
        "shapes-layers": _("The file has %(n)s map layers. Keep only the layer with the areas."),
        "shapes-code-column": _(
            "We found no code column. Enter its name. The file has these columns: %(columns)s."
        ),
        "shapes-no-columns": _(
            "The areas have no attributes. Give each area a code, for example in “code”."
        ),
        "shapes-no-code": _(
            "Column %(column)s has no code (40 characters at most) for these features, "
            "counting from 1: %(rows)s. Give each area its own code."
        ),
        "shapes-code-twice": _(
            "These codes appear on several features: %(codes)s. Merge the features or "
            "choose another column."
        ),
        "shapes-no-system": _("The file does not specify its coordinate system. Choose one."),
        "shapes-other-system": _(
            "The file uses EPSG:%(file)s, but you chose EPSG:%(asked)s. Choose “as in the file”."
        ),
        "shapes-unknown-system": _(
            "EPSG:%(system)s is not supported. Save the file in WGS 84 (EPSG:4326), "
            "SWEREF 99 TM (EPSG:3006) or Lambert-93 (EPSG:2154)."
        ),
        "shapes-swapped": _(
            "The coordinates are in the wrong order. Put longitude (or east) first, then "
            "latitude (or north)."
        ),
        "shapes-elsewhere": _(
            "The areas are %(km)s km from the city. Check the coordinate system "
            "(EPSG:%(system)s was used)."
        ),
        "shape-none": _("Area %(area)s has no shape. Add one or remove the area."),
        "shape-no-polygon": _(
            "Area %(area)s is a point or a line. Draw it as a polygon or remove it."
        ),
        "shape-endless": _(
            "Area %(area)s has a coordinate that is not a number. Correct it in the file."
        ),
        "shape-not-valid": _(
            "The boundary of area %(area)s crosses itself or is not closed, at "
            "coordinates %(place)s. Repair it, for example with “Fix geometries” in QGIS."
        ),
        "shape-unreadable": _(
            "Area %(area)s has a ring that is not closed, or a coordinate that is not a "
            "number. Repair it, for example with “Fix geometries” in QGIS."
        ),
        "shapes-overlap": _(
            "Areas %(one)s and %(other)s overlap by %(share)s %% of the smaller area. "
            "Trim one of them."
        ),
        "shapes-slivers": _("%(n)s pairs of areas overlap slightly. We made no changes."),
        "shapes-gap": _("Gap of %(km2)s km² between areas %(areas)s."),
        "figures-no-columns": _("The file has no data columns, only codes."),
        "figures-unknown-area": _(
            "There is no area %(area)s in this set. Use the codes of its areas or remove the row."
        ),
        "figures-area-twice": _("Area %(area)s appears in two rows. Keep one."),
        "figures-no-number": _(
            "“%(value)s” is ambiguous as a number. Write it without thousands separators, "
            "for example 5000 or 5.25. If it is not known, leave the cell blank."
        ),
        "figures-empty": _("The column contains no numbers. Remove it."),
        "figures-column-twice": _("Two columns have this name. Rename or remove one."),
        "figures-more-cells": _(
            "The row has more cells than the header row. Remove the "
            "extra cells or add column names."
        ),
        "figures-shares-of-people": _(
            "These values look like shares or percentages. Enter numbers of people."
        ),
        "figures-below-0": _(
            "A number of people cannot be below 0. Correct it or leave the cell blank."
        ),
        "figures-nobody": _("This group has no members. Remove the column."),
        "figures-more-than-all": _(
            "The group has %(n)s people but the area has only %(all)s. Correct one of the numbers."
        ),
        "figures-no-everyone": _(
            "Enter the name of the total population column, or import it first."
        ),
        "figures-left-over": _(
            "This count can be worked out from the other groups and the total. Leave "
            "another group in this area blank, or leave the total blank."
        ),
        "figures-differ-little": _(
            "This count differs by %(n)s from the one published before, so a small group "
            "could be identified by subtraction. Leave the cell blank or keep the "
            "published count."
        ),
        "figures-opened": _(
            "This count is hidden in one of the two tables and would reveal a smaller "
            "one. Leave the cell blank."
        ),
        "official-no-code": _(
            "This city has no %(scheme)s code. Add it with “alliance import city-codes”."
        ),
        "official-no-file": _("The folder contains no file named %(files)s."),
        "official-no-column": _(
            "The file has no data on “%(column)s” for these areas. Check its columns "
            "against the guide."
        ),
        "figures-share": _(
            "A share must be between 0 and 1. For percentages, enter %% as the unit."
        ),
        "figures-cost": _("A cost counts as a burden. Choose “burden”, or enter it as a change."),
        "figures-percent": _(
            "All values are between 0 and 1, but percentages go up to 100. Enter “share” "
            "as the unit or multiply by 100."
        ),
        "figures-mixed-years": _(
            "The file contains data for %(years)s. Send one file for each year."
        ),
        "figures-margin": _(
            "A margin of error must be 0 or more. Name its column after the value column, "
            "followed by ±."
        ),
        "check-of-other-city": _("Choose one from your own city."),
        "check-of-other-action": _(
            "“%(title)s” is about a different action. Create a fairness check for this "
            "action, or choose another."
        ),
        "check-range": _("Enter a value between “at least” and “at most”."),
        "check-doubt": _("Give a range, or describe how certain the figure is."),
        "check-not-yet": _("This date is in the future. Enter the date it took place."),
        "check-keep": _(
            "Choose a date after today and no more than %(years)s years after the date of consent."
        ),
        "check-forgotten": _("The text has been deleted. Add a new testimony instead."),
        "areas-no-figure": _("We cannot find this area. Copy its name or code from the table."),
        "check-no-line": _("Choose a row of this fairness check."),
        "check-answered": _(
            "This dispute has already been answered. Reload the page to read the answer."
        ),
        "check-not-measured": _(
            "No mean by group yet. Add the population of the areas, or come back in a minute."
        ),
        "check-only-levels": _(
            "This data describes the current situation, not who would gain or pay. First "
            "add the expected change or cost of the action in each area."
        ),
        "check-nothing-chosen": _("First choose the solution your city is adopting."),
        "pilot-check-first": _(
            "First show who gains and who pays: complete the fairness check of this pilot "
            "or sign a waiver. If the pilot does not affect anyone, explain why in its "
            "plan."
        ),
        "check-first": _(
            "First show who gains and who pays. Complete the fairness check or sign a "
            "waiver, from the adoption page."
        ),
    },
)

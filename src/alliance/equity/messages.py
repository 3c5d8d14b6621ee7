"""The sentences of faults in areas and their figures."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "areas-none": _("The file has no areas. Choose a file with one feature for each area."),
        "areas-same": _("These areas are here already: same name, same year."),
        "areas-code": _("Row %(row)s has no code. Give every area a code of its own."),
        "areas-code-twice": _("The code %(code)s stands in two rows. Give every area its own."),
        "shapes-unreadable": _(
            "The file could not be read. Save it again as GeoJSON, GeoPackage or a zipped "
            "shapefile (.shp, .dbf, .shx and .prj)."
        ),
        "shapes-layers": _("The file has %(n)s layers of shapes. Keep one, with the areas."),
        "shapes-code-column": _(
            "No column with codes was found. Name the column; the file has: %(columns)s."
        ),
        "shapes-no-columns": _("The areas have no properties. Give each a code, such as “code”."),
        "shapes-no-code": _(
            "The column %(column)s has no code of at most 40 characters for these features, "
            "counted from 1: %(rows)s. Give every area a code of its own."
        ),
        "shapes-code-twice": _(
            "These codes stand at several features: %(codes)s. Merge the features, or choose "
            "another column."
        ),
        "shapes-no-system": _(
            "The file does not say which coordinates it uses. Choose the coordinate system."
        ),
        "shapes-other-system": _(
            "The file says EPSG:%(file)s, and you chose EPSG:%(asked)s. Choose “as the file says”."
        ),
        "shapes-unknown-system": _(
            "EPSG:%(system)s cannot be read. Save the file in WGS 84 (EPSG:4326), SWEREF 99 TM "
            "(EPSG:3006) or Lambert-93 (EPSG:2154)."
        ),
        "shapes-swapped": _(
            "The coordinates are the wrong way round. Swap them: longitude or east first, then "
            "latitude or north."
        ),
        "shapes-elsewhere": _(
            "The areas lie %(km)s km from the city. Check the coordinate system: EPSG:%(system)s "
            "was used."
        ),
        "shape-none": _("Area %(area)s has no shape. Add it, or leave the area out."),
        "shape-no-polygon": _(
            "Area %(area)s is a point or a line. Draw it as a polygon, or leave it out."
        ),
        "shape-endless": _("Area %(area)s has a coordinate that is no number."),
        "shape-not-valid": _(
            "Area %(area)s crosses itself or is not closed, at the coordinates %(place)s. Repair "
            "it, for example with “Fix geometries” in QGIS."
        ),
        "shape-unreadable": _(
            "Area %(area)s has a ring that is not closed, or a coordinate that is no number. "
            "Repair it, for example with “Fix geometries” in QGIS."
        ),
        "shapes-overlap": _(
            "Areas %(one)s and %(other)s overlap by %(share)s %% of the smaller one. Cut one of "
            "them back."
        ),
        "shapes-slivers": _("%(n)s pairs of areas overlap by a little; nothing was changed."),
        "shapes-gap": _("There is a gap of %(km2)s km² between the areas %(areas)s."),
        "figures-no-columns": _("The file has no column of figures beside the codes."),
        "figures-unknown-area": _(
            "There is no area %(area)s here. Use the codes of these areas, or leave the row out."
        ),
        "figures-area-twice": _("Area %(area)s stands in two rows. Keep one."),
        "figures-no-number": _(
            "“%(value)s” is no number that is read in one way. Write it without marks between "
            "thousands, such as 5000 or 5.25, and leave the cell empty if it is not known."
        ),
        "figures-empty": _("The column has no number at all. Leave it out."),
        "figures-column-twice": _("Two columns have this name. Rename one, or leave it out."),
        "figures-more-cells": _("The row has more cells than the first row has names."),
        "figures-shares-of-people": _(
            "These look like shares or percent. Bring numbers of people."
        ),
        "figures-below-0": _(
            "A number of people cannot be below 0. Correct it, or leave the cell empty."
        ),
        "figures-nobody": _("Nobody belongs to this group. Leave the column out."),
        "figures-more-than-all": _(
            "%(n)s people in a group, and only %(all)s in the area. Correct one of the two."
        ),
        "figures-no-everyone": _(
            "Name the column that counts everybody who lives in an area, or bring it first."
        ),
        "figures-left-over": _(
            "The other groups and the number of all people give this count away. Leave one more "
            "group of this area empty, or the number of all people."
        ),
        "figures-differ-little": _(
            "The count shown before differs by %(n)s. So few people could be found by "
            "subtraction: leave the cell empty, or keep the count shown before."
        ),
        "figures-opened": _(
            "This count is hidden in one of the two tables, and would give away a smaller one. "
            "Leave the cell empty."
        ),
        "official-no-code": _(
            "This city has no code of the scheme %(scheme)s. Bring it with “alliance import "
            "city-codes”."
        ),
        "official-no-file": _("The folder holds no file named %(files)s."),
        "official-no-column": _(
            "The file has nothing of “%(column)s” for these areas. Compare its columns with the "
            "how-to."
        ),
        "figures-share": _("A share lies between 0 and 1. For percent, write %% as the unit."),
        "figures-cost": _("A cost is a burden. Choose “burden”, or say that it is a change."),
        "figures-percent": _(
            "All values lie between 0 and 1, and percent go to 100. Write “share” as the unit, or "
            "multiply by 100."
        ),
        "figures-mixed-years": _("The file has figures of %(years)s. Send one file for each year."),
        "figures-margin": _(
            "A margin of error is 0 or more, and its column stands beside its own."
        ),
        "check-of-other-city": _("Choose one of your own city."),
        "check-of-other-action": _(
            "“%(title)s” is about something else. Make a check of this action, or choose another."
        ),
        "check-range": _("The figure lies between “at least” and “at most”, in this order."),
        "check-doubt": _("Give a range, or say in words how sure the figure is."),
        "check-not-yet": _("This day is still to come. Enter the day on which it was."),
        "check-keep": _(
            "Choose a day after today, at most %(years)s years after the day of consent."
        ),
        "check-forgotten": _("The words were deleted. Add a new testimony instead."),
        "areas-no-figure": _("There is no such area here. Copy its name or code from the table."),
        "check-no-line": _("Choose one of the rows of this check."),
        "check-answered": _("This challenge is answered already. Reload the page to read it."),
        "check-not-measured": _(
            "There is no mean by group yet. Add the people of the areas, or come back in a minute."
        ),
        "check-only-levels": _(
            "This figure says how it is now, and not who would gain or pay. Add the expected "
            "change or cost of the action in each area first."
        ),
        "check-nothing-chosen": _("Choose first what the city adopts."),
        "pilot-check-first": _(
            "First show who gains and who pays: complete the fairness check of this pilot or sign "
            "a waiver. If the pilot reaches nobody, say why in its plan."
        ),
        "check-first": _(
            "First show who gains and who pays. Complete the fairness check or sign a waiver: the "
            "page of the adoption leads there."
        ),
    },
)

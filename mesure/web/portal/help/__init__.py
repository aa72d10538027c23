"""Help of the portal: one text for the page and for the printed leaflet."""

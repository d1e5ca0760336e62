module mapsites

go 1.18

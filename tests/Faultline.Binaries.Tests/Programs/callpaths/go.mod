module callpaths

go 1.18

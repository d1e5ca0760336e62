module example.com/entrypoints

go 1.19

module known

go 1.19

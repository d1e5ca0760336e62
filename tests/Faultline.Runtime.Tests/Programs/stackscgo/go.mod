module example.com/faultline/stackscgo

go 1.19

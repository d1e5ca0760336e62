package hang

import "testing"

func TestQuick(t *testing.T) {}

func TestHang(t *testing.T) {
	t.Run("inner", func(t *testing.T) { select {} })
}

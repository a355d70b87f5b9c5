"""Policy packs: read, validated, frozen. Knows no storage and no screen."""

"""What drivers over HTTP share."""

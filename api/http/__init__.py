"""What every part of the HTTP interface rests on."""

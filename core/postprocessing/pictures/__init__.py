"""Post-processing of pictures: what happens between a drawn picture and the file that leaves."""

"""The station “in scale”: this model beside published ones, with true areas."""

/** The tag on everything that is made, with APP_NAME: one line of the bill for each run, once it is a cost allocation tag. */
export const BILL_TAG = 'DistributedFiji';
